import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { ID_PATTERN, notFound } from '../domain/index.js';
import { Database, OrganizationStore, ProjectStore } from '../persistence/index.js';
import type { TenantRequest } from './tenant.js';

/**
 * The one place where the path's organization and project are checked: unknown or deleted ones, and a project of
 * another organization, are 404. Applies to every route that has these parameters.
 */
@Injectable()
export class TenantGuard implements CanActivate {
  constructor(
    private readonly database: Database,
    private readonly organizations: OrganizationStore,
    private readonly projects: ProjectStore,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<TenantRequest>();
    const { organizationId, projectId } = request.params as { organizationId?: string; projectId?: string };
    if (organizationId === undefined) return true;
    if (projectId === undefined) {
      if (!ID_PATTERN.test(organizationId)) throw notFound('organization');
      if (!(await this.organizations.find(this.database, organizationId))) throw notFound('organization');
      return true;
    }
    const areIds = ID_PATTERN.test(organizationId) && ID_PATTERN.test(projectId);
    if (!areIds || !(await this.projects.find(this.database, organizationId, projectId)))
      throw notFound('project');
    request.tenant = { organizationId, projectId };
    return true;
  }
}
