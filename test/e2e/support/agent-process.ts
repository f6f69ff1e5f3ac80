import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { waitUntil } from '../../../libs/testing/index.js';

const START_PATIENCE_MS = 30_000;

/** The built agent as a process of its own, with nothing in its environment but what is given. */
export class AgentProcess {
  /** Everything it has written, whichever process. */
  output = '';
  private child!: ChildProcess;

  constructor(private readonly settings: Readonly<Record<string, string>>) {}

  /** Resolves when it works; rejects with what it said when it does not. */
  async start(): Promise<void> {
    const child = spawn(process.execPath, ['--enable-source-maps', resolve('dist/apps/agent/main.js')], {
      env: { PATH: process.env['PATH'], ...this.settings },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child = child;
    const from = this.output.length;
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (chunk: string) => (this.output += chunk));
    await waitUntil(() => this.output.slice(from).includes('agent.started') || child.exitCode !== null, {
      what: 'the agent to start',
      timeoutMs: START_PATIENCE_MS,
    });
    if (child.exitCode !== null) throw new Error(`The agent ended: ${this.output}`);
  }

  /** Sends a signal and waits for the end. Resolves with the exit code, null when the signal ended it. */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    const { child } = this;
    if (child === undefined) return null;
    if (child.exitCode === null && child.signalCode === null) {
      const exited = once(child, 'exit');
      child.kill(signal);
      await exited;
    }
    return child.exitCode;
  }
}
