import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { decodeJwt } from 'jose';
import { SETTINGS_TOKEN, type Settings } from '../../config/index.js';
import { CLOCK, Problem, type Clock } from '../../domain/index.js';
import { LOGGER, type Logger } from '../../observability/index.js';
import {
  AccountStore,
  Database,
  NO_SECOND_FACTOR,
  RefreshTokenStore,
  type ExternalIdentity,
} from '../../persistence/index.js';
import { actingAs } from '../audit/actor.js';
import { Audit } from '../audit/audit.js';
import { ExternalIssuer, type ExternalClaims } from './external-issuer.js';

/** The accounts of people who come with a token of the external issuer, if there is one. */
@Injectable()
export class ExternalAccounts implements OnApplicationBootstrap {
  private readonly store = new AccountStore();
  private readonly tokens = new RefreshTokenStore();
  private readonly issuer: ExternalIssuer | undefined;

  constructor(
    @Inject(SETTINGS_TOKEN) settings: Settings,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) logger: Logger,
    private readonly database: Database,
    private readonly audit: Audit,
  ) {
    const { SPILLWAY_OIDC_ISSUER: issuer, SPILLWAY_OIDC_AUDIENCE: audience } = settings;
    if (issuer !== undefined && audience !== undefined)
      this.issuer = new ExternalIssuer(issuer, audience, clock, logger);
  }

  /** The start does not wait for an issuer: tokens of ours work without it. */
  onApplicationBootstrap(): void {
    void this.issuer?.probe();
  }

  /** Whether a token says that it is of the external issuer; nothing is verified yet. */
  isTheirs(token: string): boolean {
    if (this.issuer === undefined) return false;
    try {
      return decodeJwt(token).iss === this.issuer.issuer;
    } catch {
      return false;
    }
  }

  /**
   * The account of the bearer of such a token; one with the same verified address is linked on first use. Throws a
   * `Problem`: 401 for a bad token, 503 while the issuer cannot be reached, 403 without an account.
   */
  async identify(token: string): Promise<string> {
    if (this.issuer === undefined) throw new Error('There is no external issuer');
    const claims = await this.issuer.verify(token);
    const identity = { issuer: this.issuer.issuer, subject: claims.subject };
    const known = await this.store.idOf(this.database, identity);
    if (known !== undefined) return known;
    const { email, isEmailVerified } = claims;
    const linked = email !== undefined && isEmailVerified ? await this.link(identity, email) : undefined;
    // Another request of theirs may have linked it at the same moment.
    const account = linked ?? (await this.store.idOf(this.database, identity));
    if (account === undefined) throw await this.nobody(claims, identity.issuer);
    return account;
  }

  /**
   * Links the active account with this address that has no external identity yet; `undefined` without one. Nothing that
   * opened the account until now does any more: whoever made it or used it need not be whom the address belongs to.
   */
  private link(identity: ExternalIdentity, email: string): Promise<string | undefined> {
    return this.database.transaction(async (tx) => {
      const found = await this.store.findByEmail(tx, email);
      const account = found && (await this.store.lock(tx, found.id));
      if (!account?.active || account.externalIssuer !== null) return undefined;
      const { id } = account;
      const now = this.clock.now();
      const theirs = { externalIssuer: identity.issuer, externalSubject: identity.subject };
      await this.store.change(tx, id, { ...theirs, passwordHash: null, ...NO_SECOND_FACTOR }, now);
      await this.tokens.revokeAll(tx, id, now);
      const actor = { accountId: id, who: email, tokenId: null, requestId: null, address: null };
      await actingAs(actor, () =>
        this.audit.record(tx, {
          service: 'identity',
          action: 'account.linked',
          resource: { accounts: id },
          message: `Account ${email} was linked to subject ${identity.subject} of ${identity.issuer}`,
          changed: [
            ...Object.keys(theirs),
            ...(account.passwordHash === null ? [] : ['password']),
            ...(account.totpSecret === null ? [] : ['secondFactor']),
          ],
        }),
      );
      return id;
    });
  }

  /** Says why somebody is not let in, as far as it is their own business: of an address that is not verified nothing. */
  private async nobody(
    { subject, email, isEmailVerified }: ExternalClaims,
    issuer: string,
  ): Promise<Problem> {
    const ask = 'Ask an operator of this hub';
    if (email === undefined)
      return forbidden(
        `No account here is linked to ${subject} of ${issuer}, and its token says no address (email) to find one by.`,
      );
    if (!isEmailVerified)
      return forbidden(
        `No account here is linked to ${subject} of ${issuer}: it must say that the address ${email} is verified (email_verified), before an account with it is linked.`,
      );
    const account = await this.store.findByEmail(this.database, email);
    if (!account)
      return forbidden(
        `There is no account for ${email} here. ${ask} for one, or an admin of your organization for an invite.`,
      );
    if (!account.active) return forbidden(`The account ${email} is not active. ${ask}.`);
    return forbidden(
      `The account ${email} is linked to somebody else: you are ${subject} of ${issuer} now. ${ask} to unlink it (DELETE /hub/v1/accounts/${account.id}/external-identity).`,
    );
  }
}

const forbidden = (detail: string) => new Problem(403, 'Forbidden', detail);
