import { openCredentials, type ClusterCredentials } from '../clusters/index.js';
import { SecretUnreadable, type SecretBox } from '../identity/index.js';
import type { WatchedCluster as StoredCluster, ClusterStore, Database } from '../persistence/index.js';

/** What nodes are asked with; `unreadable` when stored ones cannot be opened with the present key. */
export type NodeCredentials = ClusterCredentials | 'unreadable' | null;

export type WatchedCluster = Omit<StoredCluster, 'sealedCredentials'> & {
  readonly credentials: NodeCredentials;
};

/** The clusters to watch, with their credentials opened. */
export class WatchedClusters {
  constructor(
    private readonly database: Database,
    private readonly store: ClusterStore,
    private readonly secretBox: SecretBox,
  ) {}

  /** Undefined when it was removed. */
  async load(clusterId: string): Promise<WatchedCluster | undefined> {
    const stored = await this.store.load(this.database, clusterId);
    if (stored === undefined) return undefined;
    const { sealedCredentials, ...cluster } = stored;
    return { ...cluster, credentials: this.credentialsOf(clusterId, sealedCredentials) };
  }

  async listIds(): Promise<string[]> {
    return this.store.listWatchedIds(this.database);
  }

  /** Of those the ones whose nodes are asked for their log files. */
  async listLogPolledIds(): Promise<string[]> {
    return this.store.listLogPolledIds(this.database);
  }

  private credentialsOf(clusterId: string, sealed: string | null): NodeCredentials {
    if (sealed === null) return null;
    try {
      return openCredentials(this.secretBox, clusterId, sealed);
    } catch (error) {
      if (error instanceof SecretUnreadable) return 'unreadable';
      throw error;
    }
  }
}
