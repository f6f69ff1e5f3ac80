import { z } from 'zod';
import { rfc3339 } from './go-time.js';
import { ProviderError, type TerraformClient } from './terraform-client.js';

const read = z.object({
  integration: z.object({
    created: rfc3339,
    updated: rfc3339,
    data: z.record(z.string(), z.unknown()),
    description: z.string(),
    id: z.string(),
    organizationId: z.string(),
    projectId: z.string(),
    status: z.string(),
  }),
});
const created = z.object({ id: z.string().regex(/^[A-Za-z0-9_-]+$/) });

const DELETE_PATIENCE_MS = 30_000;

/** The API of integrations as the provider calls it, whatever the resource. */
export class TerraformIntegrations {
  constructor(
    readonly client: TerraformClient,
    private readonly organizationId: string,
  ) {}

  async create(projectId: string, description: string, data: object): Promise<string> {
    const call = { method: 'POST', path: this.path(projectId), body: { data, description } };
    return (await this.client.read(created, call)).id;
  }

  async get(projectId: string, id: string) {
    return (await this.client.read(read, { method: 'GET', path: this.path(projectId, id) })).integration;
  }

  /** Without `data` when none of it changed, and without a description that is empty. */
  async update(projectId: string, id: string, description: string, data: object | undefined): Promise<void> {
    const body = { ...(data ? { data } : {}), ...(description === '' ? {} : { description }) };
    await this.client.call({ method: 'PUT', path: this.path(projectId, id), body });
  }

  /** Deletes and then asks without a pause until it is deleted, for half a minute. Resolves with how often it asked. */
  async delete(projectId: string, id: string): Promise<number> {
    await this.client.call({ method: 'DELETE', path: this.path(projectId, id) });
    const giveUpAt = performance.now() + DELETE_PATIENCE_MS;
    for (let asked = 1; performance.now() < giveUpAt; asked += 1)
      if ((await this.get(projectId, id)).status === 'deleted') return asked;
    throw new ProviderError('error polling integration');
  }

  private path(projectId: string, id?: string): string {
    const all = `/integrate/v1/organizations/${this.organizationId}/projects/${projectId}/integrations`;
    return id === undefined ? all : `${all}/${id}`;
  }
}
