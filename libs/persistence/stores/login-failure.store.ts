import type { Queryable, Transaction } from '../database.js';

/** What is known of the failed sign-ins under one key. */
export interface LoginFailures {
  /** When, oldest first. */
  readonly failedAt: readonly Date[];
  readonly lockedUntil: Date | null;
}

/** Failed sign-ins, shared by all hubs. */
export class LoginFailureStore {
  /** Of the keys those that are locked at `now`, with the end of the lock that lasts longest. */
  async lockedUntil(db: Queryable, keys: readonly string[], now: Date): Promise<Date | undefined> {
    const rows = await db.query<{ until: Date | null }>(
      'SELECT max(locked_until) AS until FROM login_failures WHERE key = ANY($1) AND locked_until > $2',
      [keys, now],
    );
    return rows[0]?.until ?? undefined;
  }

  /** The row of a key, made when there is none; nobody else changes or removes it until the transaction ends. */
  async claim(tx: Transaction, key: string): Promise<LoginFailures> {
    const rows = await tx.query<LoginFailures>(
      `INSERT INTO login_failures (key, failed_at) VALUES ($1, '{}')
       ON CONFLICT (key) DO UPDATE SET key = EXCLUDED.key
       RETURNING failed_at AS "failedAt", locked_until AS "lockedUntil"`,
      [key],
    );
    return rows[0]!;
  }

  async write(tx: Transaction, key: string, { failedAt, lockedUntil }: LoginFailures): Promise<void> {
    await tx.query(
      'UPDATE login_failures SET failed_at = $2::timestamptz[], locked_until = $3 WHERE key = $1',
      [key, failedAt, lockedUntil],
    );
  }

  async remove(db: Queryable, key: string): Promise<void> {
    await db.query('DELETE FROM login_failures WHERE key = $1', [key]);
  }

  /** Removes these keys, and all that begin with the prefix. */
  async removeAll(db: Queryable, keys: readonly string[], prefix: string): Promise<void> {
    await db.query('DELETE FROM login_failures WHERE key = ANY($1) OR starts_with(key, $2)', [keys, prefix]);
  }

  /** Removes what is neither locked nor has a failure since `since`. Leaves rows that are in use just now. */
  async removeOld(db: Queryable, since: Date, now: Date): Promise<void> {
    await db.query(
      `DELETE FROM login_failures WHERE key IN (
         SELECT key FROM login_failures
         WHERE COALESCE(failed_at[cardinality(failed_at)] < $1, true) AND COALESCE(locked_until <= $2, true)
         FOR UPDATE SKIP LOCKED)`,
      [since, now],
    );
  }
}
