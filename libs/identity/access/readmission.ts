import { Injectable } from '@nestjs/common';
import { Problem, unauthorized } from '../../domain/index.js';
import { AccessStore, Database, isDatabaseAway } from '../../persistence/index.js';
import type { HttpRequest } from '../../rest/index.js';
import type { Tenant } from '../tenant.js';
import { mayPass } from './access.guard.js';
import { Authenticator } from './authenticator.js';
import { bearerTokenOf } from './bearer-token.js';
import type { Right } from './rights.js';

const SHUTS_OUT = [401, 403, 404];

/** Tells whether who was let in would still be let in: an answer that goes on for long outlives a token and a role. */
@Injectable()
export class Readmission {
  private readonly store = new AccessStore();

  constructor(
    private readonly authenticator: Authenticator,
    private readonly database: Database,
  ) {}

  /** Only for callers with an account. What cannot be told at the moment, because something does not answer, changes nothing. */
  async mayStay(request: Pick<HttpRequest, 'headers'>, tenant: Tenant, right: Right): Promise<boolean> {
    try {
      await this.check(request, tenant, right);
      return true;
    } catch (error) {
      if (error instanceof Problem) return !SHUTS_OUT.includes(error.status);
      if (isDatabaseAway(error)) return true;
      throw error;
    }
  }

  private async check(request: Pick<HttpRequest, 'headers'>, tenant: Tenant, right: Right): Promise<void> {
    const token = bearerTokenOf(request);
    const identity = await this.authenticator.identify(token, { acceptsRefreshToken: false });
    if (identity.kind !== 'account') throw new Error('This is not called by accounts only');
    const { accountId, tokenId, isVouchedFor } = identity;
    const standing = await this.store.standing(this.database, accountId, tokenId, tenant);
    if (!standing) throw unauthorized('The token was revoked.');
    mayPass({ right, outlives: false }, standing, isVouchedFor || standing.tokenMfa);
  }
}
