import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { freePort } from '../../../apps/sandbox/hub/index.js';
import { waitUntil } from '../../../libs/testing/index.js';

/** How the hub ended. */
export interface HubEnd {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly settings: Readonly<Record<string, string>>;
  /** Whom it runs as; ourselves when absent. */
  readonly user?: { readonly uid: number; readonly gid: number } | undefined;
}

/** The built hub as somebody starts it by hand, with nothing in its environment but what is given. */
export class HandStartedHub {
  readonly ended: Promise<HubEnd>;

  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
  ) {
    this.ended = Promise.all([once(child, 'exit'), text(child.stdout!), text(child.stderr!)]).then(
      ([[code], stdout, stderr]) => ({ code: code as number | null, stdout, stderr }),
    );
  }

  static async start({ settings, user }: RunOptions): Promise<HandStartedHub> {
    const port = settings['PORT'] ?? String(await freePort());
    const child = spawn(process.execPath, ['--enable-source-maps', resolve('dist/apps/hub/main.js')], {
      env: { PATH: process.env['PATH'], PORT: port, LOG_LEVEL: 'error', ...settings },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...user,
    });
    return new HandStartedHub(child, `http://127.0.0.1:${port}`);
  }

  get pid(): number {
    return this.child.pid!;
  }

  /** Resolves when it is ready; rejects with what it said when it ends before. */
  async ready(): Promise<this> {
    const early = this.ended.then(({ code, stderr }) => {
      throw new Error(`The hub ended with code ${code}: ${stderr}`);
    });
    const ready = waitUntil(async () => (await fetch(`${this.url}/health/ready`)).ok, {
      what: 'the hub to be ready',
      timeoutMs: 45_000,
      intervalMs: 25,
    });
    await Promise.race([ready, early]);
    return this;
  }

  /** Sends the signal and resolves with how it ended. */
  stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<HubEnd> {
    this.child.kill(signal);
    return this.ended;
  }
}
