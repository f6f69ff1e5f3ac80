import { isDeepStrictEqual } from 'node:util';
import { ProviderError } from './terraform-client.js';
import type { TerraformIntegrations } from './terraform-integrations.js';

/** The two AWS resources: one member of each is named otherwise. */
export type AwsKind = 'awsCloudWatchLogs' | 'awsCloudWatchMetrics';
const OWN_MEMBER = { awsCloudWatchLogs: 'groupName', awsCloudWatchMetrics: 'namespace' } as const;
const SOURCE = { awsCloudWatchLogs: 'logs', awsCloudWatchMetrics: 'metrics' } as const;

export interface AwsConfig {
  readonly projectId: string;
  readonly description: string;
  readonly clusterIds: readonly string[];
  readonly region: string;
  /** Group of the logs, or namespace of the metrics. */
  readonly name: string;
  readonly keys: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

export type AwsState = Omit<AwsConfig, 'keys'> & { readonly id: string };

/** The resources `eventstorecloud_integration_awscloudwatch_logs` and `…_metrics`. */
export class AwsIntegrationResource {
  constructor(
    private readonly api: TerraformIntegrations,
    private readonly kind: AwsKind,
  ) {}

  async create(config: AwsConfig): Promise<AwsState> {
    const data = { ...this.data(config), ...config.keys };
    const id = await this.api.create(config.projectId, config.description, data);
    const state = await this.refresh(config.projectId, id);
    if (!state) throw new ProviderError('gone right after it was created');
    return state;
  }

  async refresh(projectId: string, id: string): Promise<AwsState | undefined> {
    const { status, description, data } = await this.api.get(projectId, id);
    if (status === 'deleted') return undefined;
    const text = (key: string): string => {
      const value = data[key];
      if (typeof value !== 'string') throw new ProviderError(`returned API data value missing key ${key}`);
      return value;
    };
    const { clusterIds } = data;
    if (!Array.isArray(clusterIds)) throw new ProviderError('returned API data value missing key clusterIds');
    text('source');
    return {
      id,
      projectId,
      description,
      clusterIds: clusterIds.map(String),
      region: text('region'),
      name: text(OWN_MEMBER[this.kind]),
    };
  }

  /** Sends the keys only when they changed. */
  async update(id: string, config: AwsConfig, { areKeysChanged }: { areKeysChanged: boolean }) {
    const data = { ...this.data(config), ...(areKeysChanged ? config.keys : {}) };
    await this.api.update(config.projectId, id, config.description, data);
    return this.refresh(config.projectId, id);
  }

  /** Members that a plan would change. The keys are never read back, and `cluster_ids` is an ordered list. */
  plan({ keys: _keys, ...config }: AwsConfig, { id: _id, ...state }: AwsState): string[] {
    const changed = (key: string) =>
      !isDeepStrictEqual(config[key as keyof typeof config], state[key as keyof typeof state]);
    return Object.keys(config).filter(changed);
  }

  delete({ projectId, id }: AwsState): Promise<number> {
    return this.api.delete(projectId, id);
  }

  private data({ clusterIds, region, name }: AwsConfig): object {
    return { clusterIds, [OWN_MEMBER[this.kind]]: name, region, sink: this.kind, source: SOURCE[this.kind] };
  }
}
