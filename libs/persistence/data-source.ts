import { DataSource } from 'typeorm';
import { Initial1780000000000 } from '../../migrations/1780000000000-initial.js';
import { Observations1795000000000 } from '../../migrations/1795000000000-observations.js';
import { Accounts1796000000000 } from '../../migrations/1796000000000-accounts.js';
import { AccountableDelivery1797000000000 } from '../../migrations/1797000000000-accountable-delivery.js';
import { Streams1798000000000 } from '../../migrations/1798000000000-streams.js';
import { LogPolls1798000000001 } from '../../migrations/1798000000001-log-polls.js';
import { EventStore1799000000000 } from '../../migrations/1799000000000-event-store.js';
import * as entities from './entities/index.js';
import { SnakeNaming } from './naming.js';

/** Two hubs that start at once migrate one after the other: whoever holds this advisory lock. Spells "SPIL". */
const MIGRATION_LOCK = 0x5350494c;

export interface DatabaseOptions {
  readonly url: string;
  /** Connections at most. */
  readonly poolSize?: number;
  /** Called when an idle connection breaks; the pool makes a new one when it needs it. */
  readonly onConnectionLost?: (error: Error) => void;
}

/** A TypeORM data source over all our entities. Not yet connected. */
export function createDataSource({
  url,
  poolSize = 10,
  onConnectionLost = () => undefined,
}: DatabaseOptions): DataSource {
  return new DataSource({
    type: 'postgres',
    url,
    entities: Object.values(entities),
    migrations: [
      Initial1780000000000,
      Observations1795000000000,
      Accounts1796000000000,
      AccountableDelivery1797000000000,
      Streams1798000000000,
      LogPolls1798000000001,
      EventStore1799000000000,
    ],
    migrationsTableName: 'migrations',
    migrationsTransactionMode: 'all',
    namingStrategy: new SnakeNaming(),
    synchronize: false,
    logging: false,
    applicationName: 'spillway',
    poolErrorHandler: onConnectionLost,
    // Without it a query to a machine that vanished would never end.
    extra: { max: poolSize, keepAlive: true },
  });
}

/** Brings the schema up to date, under a lock, forward only. Returns the names of the migrations that ran. */
export async function migrate(dataSource: DataSource): Promise<string[]> {
  const guard = dataSource.createQueryRunner();
  try {
    await guard.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const ran = await dataSource.runMigrations();
    return ran.map((migration) => migration.name);
  } finally {
    await guard.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]).catch(() => undefined);
    await guard.release();
  }
}
