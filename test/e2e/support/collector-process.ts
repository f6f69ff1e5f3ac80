import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { waitUntil } from '../../../libs/testing/index.js';

const START_PATIENCE_MS = 30_000;

/** The built collector as a process of its own, with nothing in its environment but what is given. */
export class CollectorProcess {
  /** Everything it has written. */
  output = '';

  private constructor(private readonly child: ChildProcess) {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (chunk: string) => (this.output += chunk));
    }
  }

  /** Resolves when it works; rejects with what it said when it does not. */
  static async start(settings: Readonly<Record<string, string>>): Promise<CollectorProcess> {
    const child = spawn(process.execPath, ['--enable-source-maps', resolve('dist/apps/collector/main.js')], {
      env: { PATH: process.env['PATH'], ...settings },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const collector = new CollectorProcess(child);
    await waitUntil(() => collector.output.includes('collector.started') || child.exitCode !== null, {
      what: 'the collector to start',
      timeoutMs: START_PATIENCE_MS,
    });
    if (child.exitCode !== null) throw new Error(`The collector ended: ${collector.output}`);
    return collector;
  }

  /** How many evaluations it has reported on an issue; needs LOG_LEVEL debug. */
  get findings(): number {
    return this.output.split('"event":"issue.').length - 1;
  }

  /** Sends a signal and waits for the end. Resolves with the exit code, null when the signal ended it. */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    const { child } = this;
    if (child.exitCode === null && child.signalCode === null) {
      const exited = once(child, 'exit');
      child.kill(signal);
      await exited;
    }
    return child.exitCode;
  }
}
