import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, conflict, newId, notFound, type Clock } from '../../domain/index.js';
import {
  Database,
  InviteStore,
  MembershipStore,
  OrganizationStore,
  ProjectStore,
  type OrganizationChange,
  type OrganizationEntity,
  type ProjectEntity,
} from '../../persistence/index.js';
import type { AccountCaller } from '../access/caller.js';
import { Audit } from '../audit/audit.js';
import { ProjectRemoval } from '../project-removal.js';
import type { Tenant } from '../tenant.js';
import { OPERATOR_ACCOUNT_ID } from '../tokens/refresh-tokens.js';

/** What can be changed of an organization, and what the API calls it. */
const CHANGEABLE = [
  { member: 'name', name: 'name' },
  { member: 'mfaEnabled', name: 'requireMfa' },
  { member: 'inviteDomain', name: 'restrictInviteDomain' },
] as const;

/** Organizations and projects: made, changed, and deleted with all that is in them. */
@Injectable()
export class Resources {
  constructor(
    private readonly database: Database,
    private readonly organizations: OrganizationStore,
    private readonly projects: ProjectStore,
    private readonly memberships: MembershipStore,
    private readonly invites: InviteStore,
    private readonly removal: ProjectRemoval,
    private readonly audit: Audit,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Whoever creates it owns it; the built-in operator, who is nobody's member, does not. */
  createOrganization(name: string, { accountId }: AccountCaller): Promise<string> {
    return this.database.transaction(async (tx) => {
      const createdAt = this.clock.now();
      const id = newId(createdAt);
      const organization = { id, name, mfaEnabled: false, inviteDomain: null, createdAt, deletedAt: null };
      await this.organizations.insert(tx, organization);
      const owner = { organizationId: id, accountId, role: 'owner' as const, active: true, createdAt };
      if (accountId !== OPERATOR_ACCOUNT_ID) await this.memberships.insert(tx, owner);
      await this.audit.record(tx, {
        ...ofOrganization(id),
        action: 'organization.created',
        message: `Organization "${name}" was created`,
      });
      return id;
    });
  }

  async organization(id: string): Promise<OrganizationEntity> {
    const found = await this.organizations.find(this.database, id);
    if (!found) throw notFound('organization');
    return found;
  }

  /** Throws a 409 for a caller who would lock themselves out by asking for a second factor: they could not undo it. */
  changeOrganization(id: string, change: OrganizationChange, caller: AccountCaller): Promise<void> {
    if (change.mfaEnabled === true && !caller.hasMfa)
      throw conflict('Sign in with a second factor yourself first: without one you would be locked out.');
    return this.database.transaction(async (tx) => {
      const present = await this.organizations.lockMembers(tx, id);
      if (!present) throw notFound('organization');
      const after = { ...present, ...change };
      const changed = CHANGEABLE.filter(({ member }) => after[member] !== present[member]);
      if (changed.length === 0) return;
      const names = changed.map(({ name }) => name);
      await this.organizations.change(tx, id, change);
      await this.audit.record(tx, {
        ...ofOrganization(id),
        action: 'organization.changed',
        message: `Organization was changed: ${names.join(', ')}`,
        changed: names,
      });
    });
  }

  async deleteOrganization(id: string): Promise<void> {
    const finish = await this.database.transaction(async (tx) => {
      const now = this.clock.now();
      const present = await this.organizations.find(tx, id);
      if (!present || !(await this.organizations.markDeleted(tx, id, now))) throw notFound('organization');
      await this.memberships.removeAll(tx, id);
      await this.invites.revokeAll(tx, id, now);
      await this.audit.record(tx, {
        ...ofOrganization(id),
        action: 'organization.deleted',
        message: `Organization "${present.name}" was deleted`,
      });
      return this.removal.end(tx, await this.projects.markDeletedOf(tx, id, now));
    });
    await finish();
  }

  /** The organization is locked against being deleted meanwhile. */
  createProject(organizationId: string, name: string): Promise<string> {
    return this.database.transaction(async (tx) => {
      if (!(await this.organizations.lock(tx, organizationId))) throw notFound('organization');
      const createdAt = this.clock.now();
      const id = newId(createdAt);
      await this.projects.insert(tx, { id, organizationId, name, createdAt, deletedAt: null });
      await this.audit.record(tx, {
        ...ofProject({ organizationId, projectId: id }),
        action: 'project.created',
        message: `Project "${name}" was created`,
      });
      return id;
    });
  }

  async project(organizationId: string, id: string): Promise<ProjectEntity> {
    const found = await this.projects.find(this.database, organizationId, id);
    if (!found) throw notFound('project');
    return found;
  }

  renameProject(tenant: Tenant, name: string): Promise<void> {
    return this.database.transaction(async (tx) => {
      const present = await this.projects.find(tx, tenant.organizationId, tenant.projectId);
      if (present?.name === name) return;
      if (!(await this.projects.rename(tx, tenant.projectId, name))) throw notFound('project');
      await this.audit.record(tx, {
        ...ofProject(tenant),
        action: 'project.changed',
        message: `Project was renamed to "${name}"`,
        changed: ['name'],
      });
    });
  }

  async deleteProject(tenant: Tenant): Promise<void> {
    const finish = await this.database.transaction(async (tx) => {
      const { organizationId, projectId } = tenant;
      const present = await this.projects.find(tx, organizationId, projectId);
      if (!present || !(await this.projects.markDeleted(tx, projectId, this.clock.now())))
        throw notFound('project');
      await this.audit.record(tx, {
        ...ofProject(tenant),
        action: 'project.deleted',
        message: `Project "${present.name}" was deleted`,
      });
      return this.removal.end(tx, [tenant.projectId]);
    });
    await finish();
  }
}

const ofOrganization = (organizationId: string) => ({
  service: 'resources' as const,
  organizationId,
  resource: {},
});

const ofProject = ({ organizationId, projectId }: Tenant) => ({
  service: 'resources' as const,
  organizationId,
  projectId,
  resource: {},
});
