import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { decodeJwt } from 'jose';
import { SETTINGS_TOKEN, type Settings } from '../../config/index.js';
import { CLOCK, Problem, type Clock } from '../../domain/index.js';
import { LOGGER, type Logger } from '../../observability/index.js';
import { Database, ExternalIdentityStore } from '../../persistence/index.js';
import { actingAs } from '../audit/actor.js';
import { Audit } from '../audit/audit.js';
import { ExternalIssuer, type ExternalClaims } from './external-issuer.js';

/** The accounts of people who come with a token of the external issuer, if there is one. */
@Injectable()
export class ExternalAccounts implements OnApplicationBootstrap {
  private readonly store = new ExternalIdentityStore();
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
    const known = await this.store.find(this.database, identity);
    if (known !== undefined) return known;
    const { email, isEmailVerified } = claims;
    const linked = email !== undefined && isEmailVerified ? await this.link(identity, email) : undefined;
    // Another request of theirs may have linked it at the same moment.
    const account = linked ?? (await this.store.find(this.database, identity));
    if (account === undefined) throw nobody(claims, identity.issuer);
    return account;
  }

  private link(identity: { issuer: string; subject: string }, email: string): Promise<string | undefined> {
    return this.database.transaction(async (tx) => {
      const id = await this.store.link(tx, identity, email, this.clock.now());
      if (id === undefined) return undefined;
      const actor = { accountId: id, who: email, tokenId: null, requestId: null, address: null };
      await actingAs(actor, () =>
        this.audit.record(tx, {
          service: 'identity',
          action: 'account.linked',
          resource: { accounts: id },
          message: `Account ${email} was linked to subject ${identity.subject} of ${identity.issuer}`,
          changed: ['externalIssuer', 'externalSubject'],
        }),
      );
      return id;
    });
  }
}

function nobody({ subject, email, isEmailVerified }: ExternalClaims, issuer: string): Problem {
  const who = email ?? `${subject} of ${issuer}`;
  const why =
    email !== undefined && !isEmailVerified
      ? `${issuer} must say that the address is verified (email_verified), before an account with it is linked.`
      : 'Ask an operator of this hub for one, or an admin of your organization for an invite.';
  return new Problem(403, 'Forbidden', `There is no account for ${who} here. ${why}`);
}
