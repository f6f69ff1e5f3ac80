import type { Queryable, Transaction } from '../database.js';
import { SigningKeyEntity } from '../entities/index.js';

/** Only one process at a time adds a signing key: whoever holds this advisory lock. Spells "SIGN". */
const SIGNING_KEYS_LOCK = 0x5349474e;

/** The keys that access tokens are signed with; their private parts are sealed before they come here. */
export class SigningKeyStore {
  /** All of them, in the order in which they begin to sign. */
  list(db: Queryable): Promise<SigningKeyEntity[]> {
    return db.repository(SigningKeyEntity).find({ order: { signsFrom: 'ASC', id: 'ASC' } });
  }

  async insert(db: Queryable, key: SigningKeyEntity): Promise<void> {
    await db.query(
      `INSERT INTO signing_keys (id, private_key, jwk, created_at, signs_from) VALUES ($1, $2, $3, $4, $5)`,
      [key.id, key.privateKey, JSON.stringify(key.jwk), key.createdAt, key.signsFrom],
    );
  }

  async remove(db: Queryable, ids: readonly string[]): Promise<void> {
    await db.query('DELETE FROM signing_keys WHERE id = ANY($1)', [ids]);
  }

  /** Until the end of the transaction. */
  async lock(tx: Transaction): Promise<void> {
    await tx.query('SELECT pg_advisory_xact_lock($1)', [SIGNING_KEYS_LOCK]);
  }
}
