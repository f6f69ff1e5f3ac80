import type { Queryable, Transaction } from '../database.js';
import { RefreshTokenEntity } from '../entities/index.js';

/** Only one process at a time makes the first token: whoever holds this advisory lock. Spells "TOKN". */
const FIRST_TOKEN_LOCK = 0x544f4b4e;

export type NewRefreshToken = Omit<RefreshTokenEntity, 'lastUsedAt' | 'revokedAt'>;

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
      `INSERT INTO refresh_tokens (id, token_hash, account_id, label, mfa, created_at)
       VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (token_hash) DO NOTHING`,
      [token.id, token.tokenHash, token.accountId, token.label, token.mfa, token.createdAt],
    );
  }

  /** A token that is not revoked, of an account that is active. Notes the use, to the minute. */
  async use(db: Queryable, tokenHash: string, now: Date): Promise<UsableToken | undefined> {
    const rows = await db.query<UsableToken & { isNoted: boolean }>(
      `SELECT token.id, account.id AS "accountId",
              COALESCE(token.last_used_at > $2::timestamptz - interval '1 minute', false) AS "isNoted"
       FROM refresh_tokens token JOIN accounts account ON account.id = token.account_id AND account.active
       WHERE token.token_hash = $1 AND token.revoked_at IS NULL`,
      [tokenHash, now],
    );
    const found = rows[0];
    if (!found) return undefined;
    const { id, accountId, isNoted } = found;
    if (!isNoted) await db.query('UPDATE refresh_tokens SET last_used_at = $2 WHERE id = $1', [id, now]);
    return { id, accountId };
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
