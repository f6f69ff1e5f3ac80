import { newId, type Clock } from '../../domain/index.js';
import { AccountStore, RefreshTokenStore, type Database, type UsableToken } from '../../persistence/index.js';
import { hashOfToken, newTokenText, REFRESH_TOKEN_PREFIX } from './token-text.js';

/** The account that every hub has: it runs it. */
export const OPERATOR_ACCOUNT_ID = '000000000000000admin';

/** Long-lived refresh tokens, of which only the hash is kept. They are reusable: their clients never store a new one. */
export class RefreshTokens {
  private readonly store = new RefreshTokenStore();
  private readonly accounts = new AccountStore();

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** The token and whose it is; `undefined` when it is unknown or revoked, or its account is not active. */
  use(token: string): Promise<UsableToken | undefined> {
    return this.store.use(this.database, hashOfToken(token), this.clock.now());
  }

  /** Makes sure that this token of the operator, chosen by whoever runs the hub, is known. Changes nothing when it is, revoked or not. */
  async ensure(token: string, label: string): Promise<void> {
    await this.store.insert(this.database, this.row(token, label));
  }

  /**
   * Makes a token of the operator when no operator has a good one, in one process of several. `undefined` when one has,
   * and when the built-in operator was deactivated: others run the hub then, and its tokens open nothing.
   */
  makeFirst(label: string): Promise<string | undefined> {
    return this.database.transaction(async (tx) => {
      await this.store.lock(tx);
      if (await this.store.hasUsable(tx)) return undefined;
      if (!(await this.accounts.find(tx, OPERATOR_ACCOUNT_ID))?.active) return undefined;
      const token = newTokenText(REFRESH_TOKEN_PREFIX);
      await this.store.insert(tx, this.row(token, label));
      return token;
    });
  }

  private row(token: string, label: string) {
    const createdAt = this.clock.now();
    const tokenHash = hashOfToken(token);
    return { id: newId(createdAt), tokenHash, accountId: OPERATOR_ACCOUNT_ID, label, mfa: true, createdAt };
  }
}
