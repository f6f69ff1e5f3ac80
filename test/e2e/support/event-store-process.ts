import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { freePort } from '../../../apps/sandbox/hub/index.js';
import { createEmptyDatabase, waitUntil } from '../../../libs/testing/index.js';

const PROGRAM = resolve('dist/apps/event-store/main.js');
const START_PATIENCE_MS = 60_000;
const POLL_MS = 25;

/** How a process of ours ended, and all that it said. */
export interface Ended {
  readonly code: number | null;
  readonly output: string;
}

/** Runs the built event store with these arguments until it ends by itself. */
export async function runEventStore(args: readonly string[], directory: string): Promise<Ended> {
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    cwd: directory,
    env: { PATH: process.env['PATH'] },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output };
}

export interface EventStoreOptions {
  readonly backend: 'sqlite' | 'postgres';
  readonly receivers?: Readonly<Record<string, unknown>>;
  readonly storage?: Readonly<Record<string, unknown>>;
  readonly api?: Readonly<Record<string, unknown>>;
  /** As the README of the original has it. */
  readonly isReceiverKeyMisspelt?: boolean;
}

/** The built event store as a process of its own, with the four files of its configuration. */
export class EventStoreProcess {
  /** Everything it has written, whichever process. */
  output = '';
  private child: ChildProcess | undefined;

  private constructor(
    readonly directory: string,
    readonly url: string,
    private readonly dropDatabase: () => Promise<void>,
  ) {}

  static async start(options: EventStoreOptions): Promise<EventStoreProcess> {
    const { backend, receivers = {}, storage = {}, api = {} } = options;
    const directory = await mkdtemp(join(tmpdir(), 'spillway-event-store-'));
    const database = backend === 'postgres' ? await createEmptyDatabase() : undefined;
    const port = await freePort();
    const sections = {
      receivers,
      storage: {
        retention_time: '87600h',
        ...storage,
        backend: database ? postgresBackend(database.url) : { type: 'sqlite', database_path: 'events.db' },
      },
      api: { address: '127.0.0.1', port: String(port), ...api },
    };
    const files = Object.keys(sections).map((name) => [
      options.isReceiverKeyMisspelt && name === 'receivers' ? 'receiver-file' : `${name}-file`,
      `${name}.json`,
    ]);
    await writeFile(join(directory, 'config.json'), JSON.stringify(Object.fromEntries(files)));
    for (const [name, section] of Object.entries(sections))
      await writeFile(join(directory, `${name}.json`), JSON.stringify(section));
    const store = new EventStoreProcess(
      directory,
      `http://127.0.0.1:${port}`,
      database?.close ?? (async () => undefined),
    );
    await store.restart();
    return store;
  }

  /** Starts it when it does not run. Resolves when it is ready; rejects with what it said when it ends before. */
  async restart(): Promise<void> {
    const child = spawn(process.execPath, [PROGRAM, '-config', 'config.json'], {
      cwd: this.directory,
      env: { PATH: process.env['PATH'] },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child = child;
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (chunk: string) => (this.output += chunk));
    await waitUntil(
      async () => {
        if (child.exitCode !== null) throw new Error(`The event store ended: ${this.output}`);
        return (await fetch(`${this.url}/health/ready`).catch(() => undefined))?.status === 200;
      },
      { what: 'the event store to be ready', timeoutMs: START_PATIENCE_MS, intervalMs: POLL_MS },
    );
  }

  /** Sends a signal and waits for the end. Resolves with the exit code, null when the signal ended it. */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    const { child } = this;
    if (!child) return null;
    if (child.exitCode === null && child.signalCode === null) {
      const exited = once(child, 'exit');
      child.kill(signal);
      await exited;
    }
    return child.exitCode;
  }

  /** Ends it, and removes all that it stored. */
  async close(): Promise<void> {
    await this.end('SIGKILL');
    await this.dropDatabase();
    await rm(this.directory, { recursive: true, force: true });
  }

  post(lines: string, parameters = '?cluster=tc'): Promise<Response> {
    return fetch(`${this.url}/api/write/${parameters}`, { method: 'POST', body: lines });
  }

  /** The payloads of all events of a cluster, page by page, in their order. */
  async payloads(cluster = 'tc'): Promise<string[]> {
    const found: string[] = [];
    let cursor: string | undefined;
    do {
      const response = await fetch(`${this.url}/api/query/`, {
        method: 'POST',
        body: JSON.stringify({ cluster, queries: [{ cursor }] }),
      });
      if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
      const { results } = (await response.json()) as { results: [[Page]] };
      const [[page]] = results;
      found.push(...(page.data ?? []).map(({ Event }) => Event));
      cursor = page.next;
    } while (cursor !== undefined);
    return found;
  }
}

interface Page {
  readonly data?: readonly { readonly Event: string }[];
  readonly next?: string;
}

/** `backend` of the storage section for the database of a URL. */
export function postgresBackend(databaseUrl: string): Readonly<Record<string, unknown>> {
  const { hostname, port, username, password, pathname } = new URL(databaseUrl);
  return {
    type: 'postgres',
    server: hostname,
    port: Number(port),
    database_path: pathname.slice(1),
    username: decodeURIComponent(username),
    password: decodeURIComponent(password),
    connection_timeout: 10,
    flags: ['sslmode=disable'],
  };
}
