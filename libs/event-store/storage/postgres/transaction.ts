import type pg from 'pg';
import { isConnectionLost } from './storage-failure.js';

/** Runs it with a connection of the pool. One that broke is not used again. */
export async function withClient<Result>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect();
  try {
    const result = await work(client);
    client.release();
    return result;
  } catch (error) {
    client.release(isConnectionLost(error));
    throw error;
  }
}

/** Commits when `work` resolves, rolls back when it throws, and passes its error on. */
export function inTransaction<Result>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<Result>,
): Promise<Result> {
  return withClient(pool, async (client) => {
    await client.query('BEGIN');
    try {
      const result = await work(client);
      await client.query('COMMIT');
      return result;
    } catch (error) {
      // Where the connection is gone the server rolls back by itself.
      if (!isConnectionLost(error)) await client.query('ROLLBACK').catch(() => undefined);
      throw error;
    }
  });
}
