import { Injectable } from '@nestjs/common';
import { conflict, notFound } from '../../domain/index.js';
import {
  Database,
  MembershipStore,
  OrganizationStore,
  type Member,
  type OrganizationEntity,
  type Transaction,
} from '../../persistence/index.js';
import type { AccountCaller } from '../access/caller.js';
import { Audit } from '../audit/audit.js';
import { losesOwner, mustReach, type Place, type Steward } from './member-rules.js';
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
  constructor(
    private readonly database: Database,
    private readonly organizations: OrganizationStore,
    private readonly store: MembershipStore,
    private readonly audit: Audit,
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
      await this.audit.record(tx, {
        ...ofMember(member),
        action: 'member.changed',
        message: `Member ${nameOf(member)} is now ${after.active ? '' : 'inactive as '}${after.role}`,
        changed,
      });
    });
  }

  /** Throws as `change` does. Their account stays. */
  remove(organizationId: string, accountId: string, caller: AccountCaller): Promise<void> {
    return this.asSteward(organizationId, caller, async (scope) => {
      const member = await this.locked(scope, accountId);
      mustReach(scope.steward, [member.role]);
      await this.mustKeepOwner(scope, member, null);
      await this.store.remove(scope.tx, organizationId, accountId);
      await this.audit.record(scope.tx, {
        ...ofMember(member),
        action: 'member.removed',
        message: `Member ${nameOf(member)} (${member.role}) was removed`,
      });
    });
  }

  /**
   * Runs `work` while nobody else changes members or invites of the organization. The caller's role is read again under
   * that lock: what the access guard saw may be over by then.
   */
  asSteward<Result>(
    organizationId: string,
    { accountId, isOperator }: AccountCaller,
    work: (scope: StewardScope) => Promise<Result>,
  ): Promise<Result> {
    return this.database.transaction(async (tx) => {
      const organization = await this.organizations.lockMembers(tx, organizationId);
      if (!organization) throw notFound('organization');
      const own = await this.store.find(tx, organizationId, accountId);
      return work({ tx, organization, steward: { isOperator, role: own?.active ? own.role : null } });
    });
  }

  private async locked({ tx, organization }: StewardScope, accountId: string): Promise<Member> {
    const member = await this.store.find(tx, organization.id, accountId);
    if (!member) throw notFound('member');
    return member;
  }

  private async mustKeepOwner({ tx }: StewardScope, member: Member, after: Place | null): Promise<void> {
    if (!losesOwner(member, after)) return;
    if (await this.store.hasOtherOwner(tx, member.organizationId, member.id)) return;
    throw conflict('This is the last active owner of the organization: make somebody else an owner first.');
  }
}

const nameOf = ({ email, name }: Member): string => email ?? name;

const ofMember = ({ organizationId, id }: Member) => ({
  service: 'access' as const,
  organizationId,
  resource: { members: id },
});
