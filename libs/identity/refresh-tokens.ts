import { createHash, randomBytes } from 'node:crypto';
import { newId, type Clock } from '../domain/index.js';
import { RefreshTokenStore, type Database } from '../persistence/index.js';

const TOKEN_BYTES = 32;
const ADMIN = 'admin';
const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');

/** Long-lived refresh tokens, of which only the hash is kept. They are reusable: their clients never store a new one. */
export class RefreshTokens {
  private readonly store = new RefreshTokenStore();

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Whose token this is; `undefined` when it is unknown or revoked. */
  subjectOf(token: string): Promise<string | undefined> {
    return this.store.subjectOf(this.database, hashOf(token));
  }

  /** Makes sure that this token, chosen by the operator, is known. Changes nothing when it is, revoked or not. */
  async ensure(token: string, label: string): Promise<void> {
    await this.store.insert(this.database, this.row(token, label));
  }

  /** Makes a token when none is usable, in one process of several. `undefined` when there is one already. */
  makeFirst(label: string): Promise<string | undefined> {
    return this.database.transaction(async (tx) => {
      await this.store.lock(tx);
      if (await this.store.hasUsable(tx)) return undefined;
      const token = `spw_${randomBytes(TOKEN_BYTES).toString('base64url')}`;
      await this.store.insert(tx, this.row(token, label));
      return token;
    });
  }

  private row(token: string, label: string) {
    const createdAt = this.clock.now();
    return {
      id: newId(createdAt),
      tokenHash: hashOf(token),
      subject: ADMIN,
      label,
      createdAt,
      revokedAt: null,
    };
  }
}
