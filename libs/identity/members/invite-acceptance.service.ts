import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS_TOKEN, type Settings } from '../../config/index.js';
import { badRequest, CLOCK, conflict, notFound, type Clock, type Problem } from '../../domain/index.js';
import {
  Database,
  InviteStore,
  MembershipStore,
  OrganizationStore,
  type InviteEntity,
  type Queryable,
  type Transaction,
} from '../../persistence/index.js';
import { Accounts } from '../accounts/accounts.service.js';
import { mustBeStrong } from '../accounts/password-rules.js';
import type { AccountCaller } from '../access/caller.js';
import { actingAs, currentActor } from '../audit/actor.js';
import { Audit } from '../audit/audit.js';
import { hashOfToken } from '../tokens/token-text.js';
import type { NewcomerBody } from './invite.schema.js';
import { isOfDomain, isOpen, onlyPeopleAt } from './invite.js';

/** Where somebody belongs now. */
export interface NewMember {
  readonly accountId: string;
  readonly organizationId: string;
}

/** One text for whatever is wrong with a code: nothing is to be learned by trying. */
const noSuchInvite = () => notFound('invite; it may be used, expired or taken back');

/** Makes members of those who have a code. Each code does so once. */
@Injectable()
export class InviteAcceptance {
  constructor(
    private readonly database: Database,
    private readonly organizations: OrganizationStore,
    private readonly invites: InviteStore,
    private readonly memberships: MembershipStore,
    private readonly accounts: Accounts,
    private readonly audit: Audit,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(SETTINGS_TOKEN) private readonly settings: Settings,
  ) {}

  /**
   * Makes the account and the membership, or neither. Throws a 400 for a weak password, whoever is invited; only then a
   * 409 when the address has an account: its owner is to sign in and accept with `acceptAs`.
   */
  async acceptAsNewcomer({ code, name, password }: NewcomerBody): Promise<NewMember> {
    const chosen = this.passwordOf(password);
    const { email } = await this.openInvite(this.database, code);
    // First: who invites must not learn by a weak password, which leaves no account behind, whether there is one.
    if (chosen !== null) mustBeStrong(chosen, email);
    if (await this.accounts.findByEmail(this.database, email))
      throw await this.hasAccount(this.database, code);
    const passwordHash = chosen === null ? null : await this.accounts.hash(chosen, email);
    return this.database.transaction(async (tx) => {
      const accountId = await this.create(tx, code, { email, name, passwordHash });
      return actingAs({ ...currentActor(), accountId, who: email }, () => this.join(tx, code, accountId));
    });
  }

  /** Throws the 404 of an unknown code when the invite is somebody else's. */
  acceptAs({ accountId }: AccountCaller, code: string): Promise<NewMember> {
    return this.database.transaction(async (tx) => {
      const { email } = await this.openInvite(tx, code);
      const account = await this.accounts.findByEmail(tx, email);
      if (account?.id !== accountId) throw noSuchInvite();
      return this.join(tx, code, accountId);
    });
  }

  private async create(
    tx: Transaction,
    code: string,
    account: Parameters<Accounts['create']>[1],
  ): Promise<string> {
    try {
      return await this.accounts.create(tx, account);
    } catch (error) {
      if ((error as { status?: unknown }).status !== 409) throw error;
      throw await this.hasAccount(tx, code);
    }
  }

  /** The account may have been made a moment ago, with this code: it is used up then. */
  private async hasAccount(db: Queryable, code: string): Promise<Problem> {
    await this.openInvite(db, code);
    return conflict(
      'There is an account with the address of this invite: sign in and accept at /hub/v1/account/invites/accept.',
    );
  }

  private async join(tx: Transaction, code: string, accountId: string): Promise<NewMember> {
    const { organizationId } = await this.openInvite(tx, code);
    const organization = await this.organizations.lockMembers(tx, organizationId);
    if (!organization) throw noSuchInvite();
    // Again, now that nobody else can use it up or take it back.
    const { id, role, email } = await this.openInvite(tx, code);
    if (!isOfDomain(email, organization.inviteDomain)) throw onlyPeopleAt(organization.inviteDomain);
    if (await this.memberships.find(tx, organizationId, accountId))
      throw conflict('You are a member of this organization already, or an inactive one.');
    const now = this.clock.now();
    await this.memberships.insert(tx, { organizationId, accountId, role, active: true, createdAt: now });
    // An operator who deactivates whoever sent it does not hold the lock.
    if (!(await this.invites.accept(tx, id, now))) throw noSuchInvite();
    await this.audit.record(tx, {
      service: 'hub',
      action: 'invite.accepted',
      organizationId,
      resource: { members: accountId },
      message: `${email} accepted the invite and is now ${role}`,
    });
    return { accountId, organizationId };
  }

  private async openInvite(db: Queryable, code: string): Promise<InviteEntity> {
    const invite = await this.invites.findByCode(db, hashOfToken(code));
    if (!invite || !isOpen(invite, this.clock.now())) throw noSuchInvite();
    return invite;
  }

  private passwordOf(password: string | null | undefined): string | null {
    const issuer = this.settings.SPILLWAY_OIDC_ISSUER;
    if (issuer === undefined) {
      if (password == null) throw badRequest({ password: 'is required' });
      return password;
    }
    if (password != null) throw badRequest({ password: `is not set here: people sign in at ${issuer}` });
    return null;
  }
}
