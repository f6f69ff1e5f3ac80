import { z } from 'zod';
import { rfc3339 } from './go-time.js';
import { ProviderError, type TerraformClient } from './terraform-client.js';

const SENT_AS: Readonly<Record<string, string>> = {
  access_key_id: 'accessKeyId',
  api_key: 'apiKey',
  channel_id: 'channelId',
  group_name: 'groupName',
  secret_access_key: 'secretAccessKey',
};
const READ_AS: Readonly<Record<string, string>> = { channelId: 'channel_id', groupName: 'group_name' };
const NOT_READ = ['accessKeyIdDisplay', 'apiKeyDisplay', 'secretAccessKeyDisplay', 'tokenDisplay'];

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

export type StringMap = Readonly<Record<string, string>>;
export interface IntegrationConfig {
  readonly projectId: string;
  readonly description: string;
  readonly data: StringMap;
}
export interface IntegrationState extends IntegrationConfig {
  readonly id: string;
}

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

  async update(projectId: string, id: string, description: string, data: object): Promise<void> {
    const body = { data, ...(description === '' ? {} : { description }) };
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

/** The resource `eventstorecloud_integration`: its `data` is a map of strings. */
export class GenericIntegrationResource {
  constructor(private readonly api: TerraformIntegrations) {}

  async create({ projectId, description, data }: IntegrationConfig): Promise<IntegrationState> {
    const id = await this.api.create(projectId, description, sent(data));
    const state = await this.refresh({ projectId, id });
    if (!state) throw new ProviderError('gone right after it was created');
    return state;
  }

  /** Its state, or nothing when it is deleted. */
  async refresh({
    projectId,
    id,
  }: Pick<IntegrationState, 'projectId' | 'id'>): Promise<IntegrationState | undefined> {
    const found = await this.api.get(projectId, id);
    if (found.status === 'deleted') return undefined;
    return { id, projectId: found.projectId, description: found.description, data: readMap(found.data) };
  }

  /** What a plan would show, as `~ data["x"]` lines; nothing for the members whose changes are ignored. */
  plan(config: IntegrationConfig, state: IntegrationState, ignored: readonly string[] = []): string[] {
    const description = config.description === state.description ? [] : ['~ description'];
    const keys = [...new Set([...Object.keys(config.data), ...Object.keys(state.data)])];
    return [
      ...description,
      ...keys
        .filter((key) => !ignored.includes(key) && config.data[key] !== state.data[key])
        .map(
          (key) =>
            `${state.data[key] === undefined ? '+' : config.data[key] === undefined ? '-' : '~'} data.${key}`,
        ),
    ];
  }

  /** Sends the whole of `data`, with its secrets, whatever changed. */
  async update(id: string, { projectId, description, data }: IntegrationConfig) {
    await this.api.update(projectId, id, description, sent(data));
    return this.refresh({ projectId, id });
  }

  delete({ projectId, id }: IntegrationState): Promise<number> {
    return this.api.delete(projectId, id);
  }

  /** `project:integration` */
  import(name: string): Promise<IntegrationState | undefined> {
    const parts = name.split(':');
    if (parts.length !== 2) throw new ProviderError(`${name} has not exactly one colon`);
    return this.refresh({ projectId: parts[0]!, id: parts[1]! });
  }
}

const sent = (data: StringMap): StringMap =>
  Object.fromEntries(Object.entries(data).map(([key, value]) => [SENT_AS[key] ?? key, value]));

function readMap(data: Readonly<Record<string, unknown>>): StringMap {
  const kept = Object.entries(data).filter(([key]) => !NOT_READ.includes(key));
  return Object.fromEntries(
    kept.map(([key, value]) => {
      if (typeof value !== 'string')
        throw new ProviderError(
          `data.${key}: expected type 'string', got unconvertible type '${typeof value}'`,
        );
      return [READ_AS[key] ?? key, value];
    }),
  );
}
