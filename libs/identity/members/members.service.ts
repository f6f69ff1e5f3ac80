import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, conflict, notFound, type Clock } from '../../domain/index.js';
import {
  AccountStore,
  Database,
  InviteStore,
  MembershipStore,
  OrganizationStore,
  type Member,
  type OrganizationEntity,
  type Transaction,
} from '../../persistence/index.js';
import type { AccountCaller } from '../access/caller.js';
import { nameOf } from '../accounts/account-rules.js';
import { Audit } from '../audit/audit.js';
import { isDemotion, losesOwner, mustReach, type Place, type Steward } from './member-rules.js';
import type { MemberChangeBody } from './member.schema.js';

/** Where members and invites of an organization are changed: nobody else does meanwhile. */
export interface StewardScope {
  readonly tx: Transaction;
  readonly organization: OrganizationEntity;
  readonly steward: Steward;
}

/** Members of organizations: changed and removed, so that an organization that has an owner never loses its last one. */
@Injectable()
export class Members {
  private readonly accounts = new AccountStore();

  constructor(
    private readonly database: Database,
    private readonly organizations: OrganizationStore,
    private readonly store: MembershipStore,
    private readonly invites: InviteStore,
    private readonly audit: Audit,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async get(organizationId: string, accountId: string): Promise<Member> {
    const member = await this.store.find(this.database, organizationId, accountId);
    if (!member) throw notFound('member');
    return member;
  }

  /** Throws a 403 when the caller may not, a 409 when the organization would be left without an active owner. */
  change(
    organizationId: string,
    accountId: string,
    change: MemberChangeBody,
    caller: AccountCaller,
  ): Promise<void> {
    return this.asSteward(organizationId, caller, async (scope) => {
      const { tx } = scope;
      const member = await this.locked(scope, accountId);
      const after = { role: change.role ?? member.role, active: change.active ?? member.active };
      mustReach(scope.steward, [member.role, after.role]);
      await this.mustKeepOwner(scope, member, after);
      const changed = (['role', 'active'] as const).filter((name) => after[name] !== member[name]);
      if (changed.length === 0) return;
      await this.store.change(tx, organizationId, accountId, after);
      const also = await this.takeBackInvites(scope, member, after);
      await this.audit.record(tx, {
        ...ofMember(member),
        action: 'member.changed',
        message: `Member ${nameOf(member)} is now ${after.active ? '' : 'inactive as '}${after.role}${also}`,
        changed,
      });
    });
  }

  /** Throws as `change` does. Their account stays; the invites that they sent and nobody accepted yet end. */
  remove(organizationId: string, accountId: string, caller: AccountCaller): Promise<void> {
    return this.asSteward(organizationId, caller, async (scope) => {
      const member = await this.locked(scope, accountId);
      mustReach(scope.steward, [member.role]);
      await this.mustKeepOwner(scope, member, null);
      await this.store.remove(scope.tx, organizationId, accountId);
      const also = await this.takeBackInvites(scope, member, null);
      await this.audit.record(scope.tx, {
        ...ofMember(member),
        action: 'member.removed',
        message: `Member ${nameOf(member)} (${member.role}) was removed${also}`,
      });
    });
  }

  /**
   * Runs `work` while nobody else changes members or invites of the organization, or the caller's account. What they are
   * is read again under these locks: what the access guard saw may be over by then.
   */
  asSteward<Result>(
    organizationId: string,
    { accountId }: AccountCaller,
    work: (scope: StewardScope) => Promise<Result>,
  ): Promise<Result> {
    return this.database.transaction(async (tx) => {
      const organization = await this.organizations.lockMembers(tx, organizationId);
      if (!organization) throw notFound('organization');
      const account = await this.accounts.lock(tx, accountId);
      const own = await this.store.find(tx, organizationId, accountId);
      const steward = account?.active
        ? { isOperator: account.isOperator, role: own?.active ? own.role : null }
        : { isOperator: false, role: null };
      return work({ tx, organization, steward });
    });
  }

  private async locked({ tx, organization }: StewardScope, accountId: string): Promise<Member> {
    const member = await this.store.find(tx, organization.id, accountId);
    if (!member) throw notFound('member');
    return member;
  }

  /** Whoever loses rights must not come back by an invite of their own. Resolves with what is to be told of it. */
  private async takeBackInvites({ tx }: StewardScope, member: Member, after: Place | null): Promise<string> {
    if (!isDemotion(member, after)) return '';
    const count = await this.invites.revokeMadeBy(tx, member.id, this.clock.now(), member.organizationId);
    return count === 0 ? '' : `; invites of theirs that were taken back: ${count}`;
  }

  private async mustKeepOwner({ tx }: StewardScope, member: Member, after: Place | null): Promise<void> {
    if (!losesOwner(member, after)) return;
    if (await this.store.hasOtherOwner(tx, member.organizationId, member.id)) return;
    throw conflict('This is the last active owner of the organization: make somebody else an owner first.');
  }
}

const ofMember = ({ organizationId, id }: Member) => ({
  service: 'access' as const,
  organizationId,
  resource: { members: id },
});
