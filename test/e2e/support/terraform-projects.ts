import { z } from 'zod';
import { rfc3339 } from './go-time.js';
import { ProviderError, type TerraformClient } from './terraform-client.js';

const project = z.object({ id: z.string(), name: z.string(), organizationId: z.string(), created: rfc3339 });

/** The resource and the data source `eventstorecloud_project`. Its bodies carry Go's own names, too. */
export class TerraformProjects {
  constructor(
    private readonly client: TerraformClient,
    private readonly organizationId: string,
  ) {}

  async create(name: string): Promise<string> {
    const body = { OrganizationID: this.organizationId, name };
    const call = { method: 'POST', path: this.path(), body, accepts: [200] };
    return (await this.client.read(z.object({ id: z.string() }), call)).id;
  }

  async get(id: string) {
    const call = { method: 'GET', path: this.path(id), declaresJson: false, accepts: [200] };
    return (await this.client.read(z.object({ project }), call)).project;
  }

  async update(id: string, name: string): Promise<void> {
    const body = { OrganizationID: this.organizationId, ProjectID: id, name };
    await this.client.call({ method: 'PUT', path: this.path(id), body });
  }

  async delete(id: string): Promise<void> {
    await this.client.call({ method: 'DELETE', path: this.path(id), declaresJson: false });
  }

  /** The first one with exactly this name. */
  async lookUp(name: string) {
    const call = { method: 'GET', path: this.path(), declaresJson: false, accepts: [200] };
    const { projects } = await this.client.read(z.object({ projects: z.array(project) }), call);
    const found = projects.find((one) => one.name === name);
    if (!found) throw new ProviderError(`no project ${name}`);
    return found;
  }

  private path(id?: string): string {
    const all = `/resources/v1/organizations/${this.organizationId}/projects`;
    return id === undefined ? all : `${all}/${id}`;
  }
}
