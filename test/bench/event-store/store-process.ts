import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../../../apps/sandbox/hub/index.js';

const START_PATIENCE_MS = 60_000;
const POLL_MS = 50;
const PAUSE_MS = 200;

/** The built event store as a process of its own, with a backend that the bench chose. */
export class StoreProcess {
  private readonly agent = new Agent({ keepAlive: true });

  private constructor(
    private readonly child: ChildProcess,
    private readonly directory: string,
    private readonly port: number,
  ) {}

  static async start(backend: Readonly<Record<string, unknown>>): Promise<StoreProcess> {
    const directory = await mkdtemp(join(tmpdir(), 'spillway-bench-'));
    const port = await freePort();
    const configuration = {
      receivers: {},
      storage: {
        retention_time: '2400h',
        backend: backend['type'] === 'sqlite' ? { ...backend, database_path: 'events.db' } : backend,
      },
      api: { address: '127.0.0.1', port: String(port) },
    };
    await writeFile(join(directory, 'config.json'), JSON.stringify(configuration));
    // As `npm run event-store` runs it.
    const child = spawn(
      process.execPath,
      ['--max-semi-space-size=16', resolve('dist/apps/event-store/main.js'), '-config', 'config.json'],
      { cwd: directory, stdio: ['ignore', 'ignore', 'inherit'] },
    );
    const store = new StoreProcess(child, directory, port);
    await store.ready();
    return store;
  }

  get databaseFile(): string {
    return join(this.directory, 'events.db');
  }

  get pid(): number {
    return this.child.pid!;
  }

  /** Posts a body until it is stored. */
  async write(body: Buffer): Promise<void> {
    for (;;) {
      const { status } = await this.call('POST', '/api/write/?cluster=alex', body);
      if (status === 200) return;
      if (status !== 503) throw new Error(`A body was answered with HTTP ${status}`);
      await delay(PAUSE_MS);
    }
  }

  async query(query: object): Promise<string> {
    const { status, text } = await this.call('POST', '/api/query/', Buffer.from(JSON.stringify(query)));
    if (status !== 200) throw new Error(`A query was answered with HTTP ${status}: ${text}`);
    return text;
  }

  async stop(): Promise<void> {
    this.agent.destroy();
    if (this.child.exitCode === null) {
      const exited = once(this.child, 'exit');
      this.child.kill('SIGTERM');
      await exited;
    }
    await rm(this.directory, { recursive: true, force: true });
  }

  private async ready(): Promise<void> {
    const giveUpAt = performance.now() + START_PATIENCE_MS;
    for (;;) {
      const answer = await this.call('GET', '/health/ready').catch(() => undefined);
      if (answer?.status === 200) return;
      if (this.child.exitCode !== null || performance.now() > giveUpAt)
        throw new Error('The event store does not start');
      await delay(POLL_MS);
    }
  }

  private call(
    method: string,
    path: string,
    body?: Buffer,
  ): Promise<{ readonly status: number; readonly text: string }> {
    return new Promise((done, fail) => {
      const options = { host: '127.0.0.1', port: this.port, method, path, agent: this.agent };
      const headers = body === undefined ? {} : { 'content-length': body.length };
      const sent = request({ ...options, headers }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.on('end', () => done({ status: response.statusCode ?? 0, text }));
        response.on('error', fail);
      });
      sent.on('error', fail);
      sent.end(body);
    });
  }
}
