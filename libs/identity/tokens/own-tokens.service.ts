import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, newId, notFound, type Clock } from '../../domain/index.js';
import {
  Database,
  RefreshTokenStore,
  type Listing,
  type RefreshTokenEntity,
} from '../../persistence/index.js';
import type { AccountCaller } from '../access/caller.js';
import { Audit } from '../audit/audit.js';
import { hashOfToken, newTokenText, REFRESH_TOKEN_PREFIX } from './token-text.js';

/** Refresh tokens in the hands of their owner: listed, made by name, revoked. */
@Injectable()
export class OwnTokens {
  private readonly store = new RefreshTokenStore();

  constructor(
    private readonly database: Database,
    private readonly audit: Audit,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  list({ accountId }: AccountCaller, listing: Listing): Promise<RefreshTokenEntity[]> {
    return this.store.list(this.database, accountId, listing);
  }

  /** Makes one that lives until it is revoked. It is as good as the caller's: with a second factor if theirs was. */
  create({ accountId, hasMfa }: AccountCaller, label: string): Promise<{ id: string; refreshToken: string }> {
    const createdAt = this.clock.now();
    const id = newId(createdAt);
    const refreshToken = newTokenText(REFRESH_TOKEN_PREFIX);
    const row = { id, tokenHash: hashOfToken(refreshToken), accountId, label, mfa: hasMfa, createdAt };
    return this.database.transaction(async (tx) => {
      await this.store.insert(tx, row);
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
}
