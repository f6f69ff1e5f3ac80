import type { Queryable, Transaction } from '../database.js';

/** Who an account is at an external issuer. */
export interface ExternalIdentity {
  readonly issuer: string;
  readonly subject: string;
}

/** Which account belongs to whom at an external issuer. */
export class ExternalIdentityStore {
  async find(db: Queryable, { issuer, subject }: ExternalIdentity): Promise<string | undefined> {
    const rows = await db.query<{ id: string }>(
      'SELECT id FROM accounts WHERE external_issuer = $1 AND external_subject = $2',
      [issuer, subject],
    );
    return rows[0]?.id;
  }

  /** Links the active account with this address (in lower case) that has no external identity yet; `undefined` without one. */
  async link(
    tx: Transaction,
    { issuer, subject }: ExternalIdentity,
    email: string,
    now: Date,
  ): Promise<string | undefined> {
    const rows = await tx.query<{ id: string }>(
      `UPDATE accounts SET external_issuer = $1, external_subject = $2, updated_at = $4
       WHERE email = $3 AND active AND external_issuer IS NULL RETURNING id`,
      [issuer, subject, email, now],
    );
    return rows[0]?.id;
  }
}
