import { IsNull, MoreThan } from 'typeorm';
import type { Database, Queryable, Transaction } from '../database.js';
import { RefreshTokenEntity } from '../entities/index.js';
import type { Listing } from './listing.js';

/** Only one process at a time makes the first token: whoever holds this advisory lock. Spells "TOKN". */
const FIRST_TOKEN_LOCK = 0x544f4b4e;

export type NewRefreshToken = Omit<RefreshTokenEntity, 'isSignIn' | 'lastUsedAt' | 'revokedAt'> & {
  /** False when absent. */
  readonly isSignIn?: boolean;
};

/** A refresh token that is good, and whose it is. */
export interface UsableToken {
  readonly id: string;
  readonly accountId: string;
}

/** Refresh tokens by the hash of their text; the text itself is never here. */
export class RefreshTokenStore {
  /** Adds it, unless a token with this hash is known already. */
  async insert(db: Queryable, token: NewRefreshToken): Promise<void> {
    await db.query(
      `INSERT INTO refresh_tokens (id, token_hash, account_id, label, mfa, is_sign_in, created_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (token_hash) DO NOTHING`,
      [
        token.id,
        token.tokenHash,
        token.accountId,
        token.label,
        token.mfa,
        token.isSignIn ?? false,
        token.createdAt,
      ],
    );
  }

  /** A token that is not revoked, of an account that is active. Notes the use, to the minute. */
  async use(db: Database, tokenHash: string, now: Date): Promise<UsableToken | undefined> {
    const rows = await db.prepared<UsableToken & { isNoted: boolean }>(
      'refresh_token.use',
      `SELECT token.id, account.id AS "accountId",
              COALESCE(token.last_used_at > $2::timestamptz - interval '1 minute', false) AS "isNoted"
       FROM refresh_tokens token JOIN accounts account ON account.id = token.account_id AND account.active
       WHERE token.token_hash = $1 AND token.revoked_at IS NULL`,
      [tokenHash, now],
    );
    const found = rows[0];
    if (!found) return undefined;
    const { id, accountId, isNoted } = found;
    // Of many who come at the turn of a minute the first writes; those who waited for it find it noted.
    if (!isNoted)
      await db.query(
        `UPDATE refresh_tokens SET last_used_at = $2
         WHERE id = $1 AND (last_used_at > $2::timestamptz - interval '1 minute') IS NOT TRUE`,
        [id, now],
      );
    return { id, accountId };
  }

  /** Those of an account that are not revoked, by id. */
  list(db: Queryable, accountId: string, { limit, after }: Listing): Promise<RefreshTokenEntity[]> {
    return db.repository(RefreshTokenEntity).find({
      where: { accountId, revokedAt: IsNull(), ...(after === undefined ? {} : { id: MoreThan(after) }) },
      order: { id: 'ASC' },
      ...(limit === undefined ? {} : { take: limit + 1 }),
    });
  }

  /** A token of this account that is not revoked. */
  async find(db: Queryable, accountId: string, id: string): Promise<RefreshTokenEntity | undefined> {
    const where = { id, accountId, revokedAt: IsNull() };
    return (await db.repository(RefreshTokenEntity).findOneBy(where)) ?? undefined;
  }

  /** How many tokens that were made by name an account has. */
  countNamed(db: Queryable, accountId: string): Promise<number> {
    return db.repository(RefreshTokenEntity).countBy({ accountId, isSignIn: false, revokedAt: IsNull() });
  }

  /** Resolves with the label of the token; undefined when this account has no such token, or none any more. */
  async revoke(tx: Transaction, accountId: string, id: string, now: Date): Promise<string | undefined> {
    const rows = await tx.query<{ label: string }>(
      `UPDATE refresh_tokens SET revoked_at = $3
       WHERE id = $2 AND account_id = $1 AND revoked_at IS NULL RETURNING label`,
      [accountId, id, now],
    );
    return rows[0]?.label;
  }

  /** Revokes all of an account, but for `exceptId`. */
  async revokeAll(
    tx: Transaction,
    accountId: string,
    now: Date,
    exceptId: string | null = null,
  ): Promise<void> {
    await tx.query(
      `UPDATE refresh_tokens SET revoked_at = $2
       WHERE account_id = $1 AND revoked_at IS NULL AND id IS DISTINCT FROM $3`,
      [accountId, now, exceptId],
    );
  }

  /** Revokes what sign-ins made, but for `exceptId`. */
  async revokeSignIns(
    tx: Transaction,
    accountId: string,
    now: Date,
    exceptId: string | null = null,
  ): Promise<void> {
    await tx.query(
      `UPDATE refresh_tokens SET revoked_at = $2
       WHERE account_id = $1 AND is_sign_in AND revoked_at IS NULL AND id IS DISTINCT FROM $3`,
      [accountId, now, exceptId],
    );
  }

  /** Leaves the `count` sign-ins of an account that were used last, and revokes the others. Forgets those revoked a day ago. */
  async keepSignIns(tx: Transaction, accountId: string, count: number, now: Date): Promise<void> {
    await tx.query(
      `DELETE FROM refresh_tokens
       WHERE account_id = $1 AND is_sign_in AND revoked_at < $2::timestamptz - interval '1 day'`,
      [accountId, now],
    );
    await tx.query(
      `UPDATE refresh_tokens SET revoked_at = $2 WHERE id IN (
         SELECT id FROM refresh_tokens WHERE account_id = $1 AND is_sign_in AND revoked_at IS NULL
         ORDER BY COALESCE(last_used_at, created_at) DESC, created_at DESC, id DESC OFFSET $3)`,
      [accountId, now, count],
    );
  }

  /** From now on this token counts as got with a second factor. */
  async raise(tx: Transaction, id: string): Promise<void> {
    await tx.query('UPDATE refresh_tokens SET mfa = true WHERE id = $1', [id]);
  }

  /** From now on none of an account's tokens counts as got with a second factor. Resolves with how many did. */
  async lowerAll(tx: Transaction, accountId: string): Promise<number> {
    const sql = 'UPDATE refresh_tokens SET mfa = false WHERE account_id = $1 AND mfa RETURNING id';
    return (await tx.query(sql, [accountId])).length;
  }

  async lock(tx: Transaction): Promise<void> {
    await tx.query('SELECT pg_advisory_xact_lock($1)', [FIRST_TOKEN_LOCK]);
  }

  /** Whether some token of an active operator is good. */
  async hasUsable(db: Queryable): Promise<boolean> {
    const rows = await db.query(
      `SELECT 1 FROM refresh_tokens token JOIN accounts account ON account.id = token.account_id
       WHERE token.revoked_at IS NULL AND account.active AND account.is_operator LIMIT 1`,
    );
    return rows.length > 0;
  }
}
