import { silentLogger } from '../../../observability/index.js';
import { createEmptyDatabase, ManualClock } from '../../../testing/index.js';
import { RECORDS_NOW_MS } from '../../testing/event-records.js';
import type { StorageBackend } from '../storage-backend.js';
import type { PostgresSettings } from '../storage-settings.js';
import { openPostgresBackend, type PostgresParts } from './index.js';

/** As a configuration says where a test database is. */
export function settingsOf(url: string): PostgresSettings {
  const { hostname, port, pathname, username, password } = new URL(url);
  return {
    type: 'postgres',
    server: hostname,
    port: Number(port),
    database: pathname.slice(1),
    username: decodeURIComponent(username),
    password: decodeURIComponent(password),
    connectionTimeoutMs: 5_000,
    flags: ['sslmode=disable'],
  };
}

/** With a clock that stands at `RECORDS_NOW_MS`, and records that are kept for ever. */
export const testParts = (overrides: Partial<PostgresParts> = {}): PostgresParts => ({
  logger: silentLogger,
  clock: new ManualClock(new Date(RECORDS_NOW_MS)),
  keptMs: { event: undefined, log: undefined },
  ...overrides,
});

export interface TestBackends {
  readonly url: string;
  readonly settings: PostgresSettings;
  /** Each is as good as another process. */
  open(overrides?: Partial<PostgresParts>): Promise<StorageBackend>;
  /** Closes those that were opened, and drops the database. */
  close(): Promise<void>;
}

/** A database of one's own, and any number of backends over it. */
export async function createTestBackends(): Promise<TestBackends> {
  const { url, close } = await createEmptyDatabase();
  const settings = settingsOf(url);
  const opened: StorageBackend[] = [];
  return {
    url,
    settings,
    open: async (overrides) => {
      const backend = await openPostgresBackend(settings, testParts(overrides));
      opened.push(backend);
      return backend;
    },
    close: async () => {
      for (const backend of opened) await backend.close();
      await close();
    },
  };
}
