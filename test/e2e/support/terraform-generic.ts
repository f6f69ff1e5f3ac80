import { isDeepStrictEqual } from 'node:util';
import { ProviderError } from './terraform-client.js';
import type { TerraformIntegrations } from './terraform-integrations.js';

const SENT_AS: Readonly<Record<string, string>> = {
  access_key_id: 'accessKeyId',
  api_key: 'apiKey',
  channel_id: 'channelId',
  group_name: 'groupName',
  secret_access_key: 'secretAccessKey',
};
const READ_AS: Readonly<Record<string, string>> = { channelId: 'channel_id', groupName: 'group_name' };
const NOT_READ = ['accessKeyIdDisplay', 'apiKeyDisplay', 'secretAccessKeyDisplay', 'tokenDisplay'];

export type StringMap = Readonly<Record<string, string>>;
export interface IntegrationConfig {
  readonly projectId: string;
  readonly description: string;
  readonly data: StringMap;
}
export interface IntegrationState extends IntegrationConfig {
  readonly id: string;
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

  /** Sends the whole of `data` when any of it is planned to change: with its secret, unless changes of that are ignored. */
  async update(
    { projectId, id, data: known }: IntegrationState,
    { description, data }: IntegrationConfig,
    ignored: readonly string[] = [],
  ) {
    const planned = { ...without(data, ignored), ...only(known, ignored) };
    const hasChanged = !isDeepStrictEqual(planned, known);
    await this.api.update(projectId, id, description, hasChanged ? sent(planned) : undefined);
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

const only = (data: StringMap, keys: readonly string[]): StringMap =>
  Object.fromEntries(Object.entries(data).filter(([key]) => keys.includes(key)));
const without = (data: StringMap, keys: readonly string[]): StringMap =>
  Object.fromEntries(Object.entries(data).filter(([key]) => !keys.includes(key)));

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
