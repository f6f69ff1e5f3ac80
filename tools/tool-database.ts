import type { Settings } from '../libs/config/index.js';
import type { Logger } from '../libs/observability/index.js';
import {
  connectToRunning,
  createDataSource,
  Database,
  startEmbeddedPostgres,
} from '../libs/persistence/index.js';

const POOL_SIZE = 3;

/** There is no database that a command could work on; the message says what to do. */
export class MissingDatabase extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'MissingDatabase';
  }
}

/**
 * Works on the hub's database, beside hubs that run: the one of DATABASE_URL, or the embedded one of the data directory,
 * which is started for the time when no hub has. It is not migrated; one of an earlier version is refused.
 */
export async function withDatabase<Result>(
  settings: Settings,
  logger: Logger,
  work: (database: Database) => Promise<Result>,
): Promise<Result> {
  const { DATABASE_URL, SPILLWAY_DATA_DIR: directory } = settings;
  const running = DATABASE_URL ?? (await connectToRunning(directory));
  if (running !== undefined) return connected(running, work);
  const embedded = await startEmbeddedPostgres({ directory, logger });
  try {
    return await connected(embedded.url, work);
  } finally {
    await embedded.stop();
  }
}

async function connected<Result>(
  url: string,
  work: (database: Database) => Promise<Result>,
): Promise<Result> {
  const dataSource = createDataSource({ url, poolSize: POOL_SIZE });
  try {
    await dataSource.initialize();
  } catch (error) {
    const reason =
      error instanceof Error && error.message !== ''
        ? error.message
        : String((error as { code?: unknown }).code);
    throw new MissingDatabase(`The database cannot be reached: ${reason}`, { cause: error });
  }
  try {
    const database = new Database(dataSource);
    const [found] = await database.query<{ isThere: boolean }>(
      `SELECT to_regclass('signing_keys') IS NOT NULL AS "isThere"`,
    );
    if (found?.isThere !== true)
      throw new MissingDatabase(
        'The database has no table signing_keys: start a hub of this version on it once.',
      );
    return await work(database);
  } finally {
    await dataSource.destroy();
  }
}
