import type { Queryable, Transaction } from '../database.js';
import { RefreshTokenEntity } from '../entities/index.js';

/** Only one process at a time makes the first token: whoever holds this advisory lock. Spells "TOKN". */
const FIRST_TOKEN_LOCK = 0x544f4b4e;

/** Refresh tokens by the hash of their text; the text itself is never here. */
export class RefreshTokenStore {
  /** Adds it, unless a token with this hash is known already. */
  async insert(db: Queryable, token: RefreshTokenEntity): Promise<void> {
    await db.query(
      `INSERT INTO refresh_tokens (id, token_hash, subject, label, created_at) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (token_hash) DO NOTHING`,
      [token.id, token.tokenHash, token.subject, token.label, token.createdAt],
    );
  }

  /** The subject of a token that is not revoked. */
  async subjectOf(db: Queryable, tokenHash: string): Promise<string | undefined> {
    const rows = await db.query<{ subject: string }>(
      'SELECT subject FROM refresh_tokens WHERE token_hash = $1 AND revoked_at IS NULL',
      [tokenHash],
    );
    return rows[0]?.subject;
  }

  async lock(tx: Transaction): Promise<void> {
    await tx.query('SELECT pg_advisory_xact_lock($1)', [FIRST_TOKEN_LOCK]);
  }

  async hasUsable(db: Queryable): Promise<boolean> {
    return (await db.query('SELECT 1 FROM refresh_tokens WHERE revoked_at IS NULL LIMIT 1')).length > 0;
  }
}
