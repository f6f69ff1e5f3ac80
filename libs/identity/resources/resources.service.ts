import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, newId, notFound, type Clock } from '../../domain/index.js';
import { Database, OrganizationStore, ProjectStore } from '../../persistence/index.js';
import type { OrganizationEntity, ProjectEntity } from '../../persistence/index.js';
import { ProjectRemoval } from '../project-removal.js';

/** Organizations and projects: made, renamed, and deleted with all that is in them. */
@Injectable()
export class Resources {
  constructor(
    private readonly database: Database,
    private readonly organizations: OrganizationStore,
    private readonly projects: ProjectStore,
    private readonly removal: ProjectRemoval,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async createOrganization(name: string): Promise<string> {
    const createdAt = this.clock.now();
    const id = newId(createdAt);
    await this.organizations.insert(this.database, {
      id,
      name,
      mfaEnabled: false,
      createdAt,
      deletedAt: null,
    });
    return id;
  }

  async organization(id: string): Promise<OrganizationEntity> {
    const found = await this.organizations.find(this.database, id);
    if (!found) throw notFound('organization');
    return found;
  }

  async changeOrganization(id: string, change: { name?: string; mfaEnabled?: boolean }): Promise<void> {
    if (!(await this.organizations.change(this.database, id, change))) throw notFound('organization');
  }

  async deleteOrganization(id: string): Promise<void> {
    const finish = await this.database.transaction(async (tx) => {
      const now = this.clock.now();
      if (!(await this.organizations.markDeleted(tx, id, now))) throw notFound('organization');
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
      return id;
    });
  }

  async project(organizationId: string, id: string): Promise<ProjectEntity> {
    const found = await this.projects.find(this.database, organizationId, id);
    if (!found) throw notFound('project');
    return found;
  }

  async renameProject(id: string, name: string): Promise<void> {
    if (!(await this.projects.rename(this.database, id, name))) throw notFound('project');
  }

  async deleteProject(id: string): Promise<void> {
    const finish = await this.database.transaction(async (tx) => {
      if (!(await this.projects.markDeleted(tx, id, this.clock.now()))) throw notFound('project');
      return this.removal.end(tx, [id]);
    });
    await finish();
  }
}
