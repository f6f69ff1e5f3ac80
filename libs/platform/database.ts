import { setTimeout as delay } from 'node:timers/promises';
import type { Settings } from '../config/index.js';
import type { Logger } from '../observability/index.js';
import {
  createDataSource,
  Database,
  migrate,
  startEmbeddedPostgres,
  type EmbeddedPostgres,
} from '../persistence/index.js';

const CONNECT_PATIENCE_MS = 30_000;
const CONNECT_PAUSE_MS = 1_000;

/** The database, migrated and connected. `stop` ends an embedded server too. */
export interface OpenDatabase {
  readonly url: string;
  readonly database: Database;
  stop(): Promise<void>;
}

/** Opens `DATABASE_URL`, or starts the embedded PostgreSQL. Throws with a sentence that says what to do. */
export async function openDatabase(settings: Settings, logger: Logger): Promise<OpenDatabase> {
  const embedded = settings.DATABASE_URL
    ? undefined
    : await startEmbeddedPostgres({ directory: settings.SPILLWAY_DATA_DIR, logger });
  try {
    return await connect(embedded?.url ?? settings.DATABASE_URL!, embedded, logger);
  } catch (error) {
    await embedded?.stop();
    throw error;
  }
}

async function connect(
  url: string,
  embedded: EmbeddedPostgres | undefined,
  logger: Logger,
): Promise<OpenDatabase> {
  const dataSource = createDataSource({
    url,
    onConnectionLost: (error) => logger.warn({ event: 'database.connection.lost', error: error.message }),
  });
  await patiently(() => dataSource.initialize(), logger);
  const migrations = await migrate(dataSource);
  if (migrations.length > 0) logger.info({ event: 'database.migrated', migrations });
  return {
    url,
    database: new Database(dataSource),
    stop: async () => {
      await dataSource.destroy();
      await embedded?.stop();
    },
  };
}

/** A database that starts together with us may take a while. */
async function patiently(connectOnce: () => Promise<unknown>, logger: Logger): Promise<void> {
  const giveUpAt = performance.now() + CONNECT_PATIENCE_MS;
  for (;;) {
    try {
      await connectOnce();
      return;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (performance.now() >= giveUpAt) {
        throw new Error(`The database of DATABASE_URL cannot be reached: ${reason}`, { cause: error });
      }
      logger.warn({ event: 'database.unreachable', reason });
      await delay(CONNECT_PAUSE_MS);
    }
  }
}
