import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { receiverCatalog } from '../../apps/event-store/receiver-catalog.js';
import { startEventStore, type RunningEventStore } from '../../apps/event-store/start-event-store.js';
import { loadConfiguration } from '../../libs/event-store/configuration/index.js';
import { silentLogger } from '../../libs/observability/index.js';
import { postgresBackend } from '../e2e/support/event-store-process.js';
import { createEmptyDatabase, ManualClock } from '../../libs/testing/index.js';

export const BACKENDS = ['sqlite', 'postgres'] as const;
export type BackendName = (typeof BACKENDS)[number];

export interface StageOptions {
  readonly backend: BackendName;
  /** Sections of the configuration, beyond what is needed to run on this machine. */
  readonly receivers?: Readonly<Record<string, unknown>>;
  readonly storage?: Readonly<Record<string, unknown>>;
  readonly api?: Readonly<Record<string, unknown>>;
  readonly now?: Date;
}

/** An event store with its four configuration files in a directory of its own, as an operator has it. */
export class Stage {
  readonly clock: ManualClock;
  private running: RunningEventStore | undefined;

  private constructor(
    readonly directory: string,
    private readonly dropDatabase: () => Promise<void>,
    now: Date,
  ) {
    this.clock = new ManualClock(now);
  }

  static async open({
    backend,
    receivers = {},
    storage = {},
    api = {},
    now = new Date(),
  }: StageOptions): Promise<Stage> {
    const directory = await mkdtemp(join(tmpdir(), 'spillway-event-store-'));
    const database = backend === 'postgres' ? await createEmptyDatabase() : undefined;
    const stage = new Stage(directory, database?.close ?? (async () => undefined), now);
    await stage.write('receivers.json', receivers);
    await stage.write('api.json', { address: '127.0.0.1', port: '0', ...api });
    await stage.write('storage.json', {
      ...storage,
      backend: database
        ? postgresBackend(database.url)
        : { type: 'sqlite', database_path: join(directory, 'events.db') },
    });
    await stage.write('config.json', {
      'receivers-file': join(directory, 'receivers.json'),
      'storage-file': join(directory, 'storage.json'),
      'api-file': join(directory, 'api.json'),
    });
    await stage.start();
    return stage;
  }

  get url(): string {
    if (!this.running) throw new Error('The event store does not run');
    return this.running.url;
  }

  async start(): Promise<void> {
    const configuration = loadConfiguration(
      join(this.directory, 'config.json'),
      receiverCatalog(silentLogger),
    );
    this.running = await startEventStore(configuration, { logger: silentLogger, clock: this.clock });
  }

  async stop(): Promise<void> {
    await this.running?.stop();
    this.running = undefined;
  }

  /** Stops it, and removes all that it stored. */
  async close(): Promise<void> {
    await this.stop();
    await this.dropDatabase();
    await rm(this.directory, { recursive: true, force: true });
  }

  /** Posts lines; resolves with the status and the body of the answer. */
  async post(
    lines: string,
    path = '/api/write/?cluster=tc',
    url = this.url,
  ): Promise<{ status: number; text: string }> {
    const response = await fetch(`${url}${path}`, { method: 'POST', body: lines });
    return { status: response.status, text: await response.text() };
  }

  async query(body: object): Promise<{ queries?: unknown; results: readonly (readonly Entry[])[] }> {
    const response = await fetch(`${this.url}/api/query/`, { method: 'POST', body: JSON.stringify(body) });
    if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
    return (await response.json()) as { results: Entry[][] };
  }

  /** All that one query finds, with details. */
  async find(query: object = {}, cluster = 'tc'): Promise<readonly Datum[]> {
    const { results } = await this.query({ cluster, details: true, queries: [query] });
    return results[0]![0]!.data ?? [];
  }

  async stats(): Promise<Stats> {
    return (await (await fetch(`${this.url}/api/stats/`)).json()) as Stats;
  }

  private write(name: string, content: unknown): Promise<void> {
    return writeFile(join(this.directory, name), JSON.stringify(content));
  }
}

export interface Datum {
  readonly Event?: string;
  readonly Log?: string;
  readonly timestamp: number;
  readonly name?: string;
  readonly hostname?: string;
  readonly time?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly fields?: Readonly<Record<string, unknown>>;
}

export interface Entry {
  readonly data?: readonly Datum[];
  readonly error?: string;
  readonly from: number;
  readonly to: number;
  readonly next?: string;
}

interface Stats {
  readonly manager: { readonly errors: Record<string, number>; readonly status: Record<string, number> };
  readonly backend: { readonly errors: Record<string, number>; readonly status: Record<string, number> };
  readonly info: Record<string, string>;
}
