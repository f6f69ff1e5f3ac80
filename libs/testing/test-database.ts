import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { createDataSource, Database } from '../persistence/index.js';

export interface TestDatabase {
  readonly url: string;
  readonly database: Database;
  /** Ends the connections and drops the database, whoever else is still connected. */
  close(): Promise<void>;
}

/**
 * A database of one's own with the present schema and no rows, cloned from the run's template in some ten milliseconds.
 * Make one per test file (`beforeAll`) and close it (`afterAll`).
 */
export async function createTestDatabase({
  poolSize = 10,
}: { poolSize?: number } = {}): Promise<TestDatabase> {
  const { url, close } = await cloneDatabase(inject('spillwayTemplateDatabase'));
  const dataSource = createDataSource({ url, poolSize });
  await dataSource.initialize();
  return {
    url,
    database: new Database(dataSource),
    close: async () => {
      await dataSource.destroy();
      await close();
    },
  };
}

/** A database without any table, for whoever migrates it (a hub, a test of the migrations). */
export function createEmptyDatabase(): Promise<Omit<TestDatabase, 'database'>> {
  return cloneDatabase('template0');
}

async function cloneDatabase(template: string): Promise<Omit<TestDatabase, 'database'>> {
  const serverUrl = inject('spillwayPostgresUrl');
  const name = `test_${randomBytes(8).toString('hex')}`;
  await execute(serverUrl, `CREATE DATABASE ${name} TEMPLATE ${template}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return { url: url.href, close: () => execute(serverUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
}

async function execute(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
