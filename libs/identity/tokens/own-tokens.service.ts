import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, conflict, newId, notFound, Problem, type Clock } from '../../domain/index.js';
import {
  AccountStore,
  Database,
  RefreshTokenStore,
  type Listing,
  type RefreshTokenEntity,
  type Transaction,
} from '../../persistence/index.js';
import type { AccountCaller } from '../access/caller.js';
import { Audit } from '../audit/audit.js';
import { hashOfToken, newTokenText, REFRESH_TOKEN_PREFIX } from './token-text.js';

/** Far more than anybody has programs; each is one more that can leak. */
const MAX_NAMED_TOKENS = 100;

/** Refresh tokens in the hands of their owner: listed, made by name, revoked. */
@Injectable()
export class OwnTokens {
  private readonly store = new RefreshTokenStore();
  private readonly accounts = new AccountStore();

  constructor(
    private readonly database: Database,
    private readonly audit: Audit,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  list({ accountId }: AccountCaller, listing: Listing): Promise<RefreshTokenEntity[]> {
    return this.store.list(this.database, accountId, listing);
  }

  /**
   * Makes one that lives until it is revoked. It is as good as the caller's: with a second factor if theirs is. Throws a
   * 401 when the caller's was revoked meanwhile, and a 409 for the hundred and first.
   */
  create(caller: AccountCaller, label: string): Promise<{ id: string; refreshToken: string }> {
    const { accountId } = caller;
    const createdAt = this.clock.now();
    const id = newId(createdAt);
    const refreshToken = newTokenText(REFRESH_TOKEN_PREFIX);
    return this.database.transaction(async (tx) => {
      const mfa = await this.presentMfa(tx, caller);
      if ((await this.store.countNamed(tx, accountId)) >= MAX_NAMED_TOKENS)
        throw conflict(`This account has ${MAX_NAMED_TOKENS} named tokens: revoke one first.`);
      await this.store.insert(tx, {
        id,
        tokenHash: hashOfToken(refreshToken),
        accountId,
        label,
        mfa,
        createdAt,
      });
      await this.audit.record(tx, {
        service: 'access',
        action: 'token.created',
        resource: { tokens: id },
        message: `Refresh token "${label}" was created`,
      });
      return { id, refreshToken };
    });
  }

  /** Ends it and every access token that was got with it. Throws a 404 for what is not the caller's. */
  revoke({ accountId }: AccountCaller, id: string): Promise<void> {
    return this.database.transaction(async (tx) => {
      await this.accounts.lock(tx, accountId);
      const label = await this.store.revoke(tx, accountId, id, this.clock.now());
      if (label === undefined) throw notFound('token');
      await this.audit.record(tx, {
        service: 'access',
        action: 'token.revoked',
        resource: { tokens: id },
        message: `Refresh token "${label}" was revoked`,
      });
    });
  }

  /**
   * Whether the caller has shown a second factor, as it is now and stays until the transaction ends: what the access guard
   * saw may be over. Whoever ends tokens, or lowers them, holds the lock of their account.
   */
  private async presentMfa(tx: Transaction, { accountId, tokenId, hasMfa }: AccountCaller): Promise<boolean> {
    const account = await this.accounts.lock(tx, accountId);
    const own = tokenId === null ? undefined : await this.store.find(tx, accountId, tokenId);
    const isGood = tokenId === null ? account?.externalSubject != null : own !== undefined;
    if (!account?.active || !isGood)
      throw new Problem(401, 'Unauthorized', 'The token was revoked, or its account is not active any more.');
    return own?.mfa ?? hasMfa;
  }
}
