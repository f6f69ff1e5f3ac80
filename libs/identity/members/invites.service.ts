import { Inject, Injectable } from '@nestjs/common';
import { badRequest, CLOCK, conflict, newId, notFound, type Clock } from '../../domain/index.js';
import { InviteStore, MembershipStore, type InviteEntity } from '../../persistence/index.js';
import type { AccountCaller } from '../access/caller.js';
import { Audit } from '../audit/audit.js';
import type { InviteBody } from './invite.schema.js';
import { isOfDomain, newInviteCode, onlyPeopleAt } from './invite.js';
import { mustReach } from './member-rules.js';
import { Members, type StewardScope } from './members.service.js';

/** An invite with its code, which cannot be had again: whoever invites hands it over, this hub sends no mail. */
export interface SentInvite {
  readonly id: string;
  readonly code: string;
}

/** Invites people to organizations, and takes invites back. */
@Injectable()
export class Invites {
  constructor(
    private readonly members: Members,
    private readonly store: InviteStore,
    private readonly memberships: MembershipStore,
    private readonly audit: Audit,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Replaces an earlier invite of the same address: its code is lost or its role was wrong, and two codes of one person
   * would make revoking either of them no use.
   */
  create(organizationId: string, body: InviteBody, caller: AccountCaller): Promise<SentInvite> {
    const { userEmail: email, role } = body;
    return this.members.asSteward(organizationId, caller, async (scope) => {
      const { tx, organization, steward } = scope;
      if (!isOfDomain(email, organization.inviteDomain))
        throw badRequest({ userEmail: `must be an address at ${organization.inviteDomain}` });
      if (await this.memberships.hasEmail(tx, organizationId, email))
        throw conflict('Somebody with this address is a member already, or an inactive one.');
      const replaced = await this.store.pendingOf(tx, organizationId, email);
      mustReach(steward, [role, ...replaced.map((invite) => invite.role)]);
      const createdAt = this.clock.now();
      for (const { id } of replaced) await this.store.change(tx, id, { revokedAt: createdAt });
      const { code, kept } = newInviteCode(createdAt);
      const ends = { acceptedAt: null, revokedAt: null };
      const invitedBy = caller.accountId;
      const invite = {
        id: newId(createdAt),
        organizationId,
        email,
        role,
        invitedBy,
        createdAt,
        ...kept,
        ...ends,
      };
      await this.store.insert(tx, invite);
      await this.record(scope, invite, 'created', `${email} was invited as ${role}`);
      return { id: invite.id, code };
    });
  }

  /** Makes a new code, good for as long as that of a new invite; the one before is worth nothing then. */
  resend(organizationId: string, id: string, caller: AccountCaller): Promise<SentInvite> {
    return this.members.asSteward(organizationId, caller, async (scope) => {
      const invite = await this.pending(scope, id);
      const { inviteDomain } = scope.organization;
      if (!isOfDomain(invite.email, inviteDomain)) throw onlyPeopleAt(inviteDomain);
      const { code, kept } = newInviteCode(this.clock.now());
      await this.store.change(scope.tx, id, { ...kept, invitedBy: caller.accountId });
      await this.record(scope, invite, 'resent', `The invite of ${invite.email} got a new code`, ['code']);
      return { id, code };
    });
  }

  revoke(organizationId: string, id: string, caller: AccountCaller): Promise<void> {
    return this.members.asSteward(organizationId, caller, async (scope) => {
      const invite = await this.pending(scope, id);
      await this.store.change(scope.tx, id, { revokedAt: this.clock.now() });
      await this.record(scope, invite, 'revoked', `The invite of ${invite.email} was taken back`);
    });
  }

  private async pending({ tx, organization, steward }: StewardScope, id: string): Promise<InviteEntity> {
    const invite = await this.store.find(tx, organization.id, id);
    if (!invite) throw notFound('invite');
    mustReach(steward, [invite.role]);
    if (invite.acceptedAt !== null)
      throw conflict('This invite was accepted: change or remove the member instead.');
    return invite;
  }

  private record(
    { tx }: StewardScope,
    { id, organizationId }: InviteEntity,
    what: 'created' | 'resent' | 'revoked',
    message: string,
    changed: readonly string[] = [],
  ): Promise<void> {
    const resource = { invites: id };
    const action = `invite.${what}` as const;
    return this.audit.record(tx, { service: 'access', organizationId, resource, action, message, changed });
  }
}
