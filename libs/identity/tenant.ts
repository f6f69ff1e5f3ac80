import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { HttpRequest } from '../rest/index.js';

/** Path of what belongs to an organization. Its parameter is what the tenant guard looks for. */
export const ORGANIZATION_PATH = 'organizations/:organizationId';
/** Path of what belongs to a project. Its parameters are what the tenant guard looks for. */
export const PROJECT_PATH = `${ORGANIZATION_PATH}/projects/:projectId`;

/** The organization and project of the path, or of the token where a right is its own: they exist, and the project is the organization's. */
export interface Tenant {
  readonly organizationId: string;
  readonly projectId: string;
}

/** A request after the tenant guard. */
export type TenantRequest = HttpRequest & { tenant?: Tenant };

/**
 * Parameter decorator: the `Tenant` of a route under `PROJECT_PATH`, or of one whose right is a token's own. Routes
 * elsewhere must not use it: there the guard has nothing to check, and it throws.
 */
export const InTenant = createParamDecorator((_data: unknown, context: ExecutionContext): Tenant => {
  const { tenant } = context.switchToHttp().getRequest<TenantRequest>();
  if (!tenant) throw new Error('This route has no project');
  return tenant;
});
