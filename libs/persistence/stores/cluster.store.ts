import { In, IsNull, MoreThan } from 'typeorm';
import type { Queryable, Transaction } from '../database.js';
import { ClusterEntity, ClusterNodeEntity, type ClusterTls } from '../entities/index.js';
import type { Listing } from './listing.js';
import { reportCores } from './reported-cores.js';

/** A cluster with its nodes, in their order. */
export interface ClusterRecord {
  readonly cluster: ClusterEntity;
  readonly nodes: ClusterNodeEntity[];
}

/** What a collector needs of a cluster. */
export interface WatchedCluster {
  readonly id: string;
  readonly projectId: string;
  readonly name: string;
  readonly tls: ClusterTls;
  /** Sealed for the owner `cluster:<id>`; null when its nodes are asked without credentials. */
  readonly sealedCredentials: string | null;
  readonly detection: ClusterEntity['detection'];
  /** Its nodes are asked for their log files. */
  readonly pollsLogs: boolean;
  /** `cores` as registered, or else as an agent reported them. */
  readonly nodes: readonly Pick<ClusterNodeEntity, 'id' | 'address' | 'cores' | 'memoryBytes'>[];
}

export type ProvisionedCluster = Pick<ClusterEntity, 'id' | 'provisioning' | 'status' | 'updatedAt'>;

export interface OpenClusterIssue {
  readonly id: string;
  readonly kind: string;
  readonly nodeId: string | null;
}

/** How many physical cores a node has: what is registered comes before what an agent reported. */
export const coresOf = ({ cores, reportedCores }: Pick<ClusterNodeEntity, 'cores' | 'reportedCores'>) =>
  cores ?? reportedCores;

/** Clusters that are not removed, and their nodes. */
export class ClusterStore {
  async insert(tx: Transaction, { cluster, nodes }: ClusterRecord): Promise<void> {
    await tx.repository(ClusterEntity).insert(cluster);
    await tx.repository(ClusterNodeEntity).insert(nodes);
  }

  async find(db: Queryable, projectId: string, id: string): Promise<ClusterRecord | undefined> {
    const cluster = await db.repository(ClusterEntity).findOneBy({ id, projectId, deletedAt: IsNull() });
    return cluster ? (await this.withNodes(db, [cluster]))[0] : undefined;
  }

  /** As `find`, and keeps others from changing it until the transaction ends. */
  async lock(tx: Transaction, projectId: string, id: string): Promise<ClusterRecord | undefined> {
    const sql = 'SELECT 1 FROM clusters WHERE id = $1 AND project_id = $2 AND deleted_at IS NULL FOR UPDATE';
    return (await tx.query(sql, [id, projectId])).length > 0 ? this.find(tx, projectId, id) : undefined;
  }

  /** In the order of ids; without a limit all of them. */
  async list(db: Queryable, projectId: string, { limit, after }: Listing): Promise<ClusterRecord[]> {
    const clusters = await db.repository(ClusterEntity).find({
      where: { projectId, deletedAt: IsNull(), ...(after === undefined ? {} : { id: MoreThan(after) }) },
      order: { id: 'ASC' },
      ...(limit === undefined ? {} : { take: limit + 1 }),
    });
    return this.withNodes(db, clusters);
  }

  /** Writes what a registration says, and exactly these nodes. */
  async save(
    tx: Transaction,
    { cluster, nodes }: ClusterRecord,
    goneNodeIds: readonly string[],
  ): Promise<void> {
    const { id, name, tls, credentials, detection, pollsLogs, updatedAt } = cluster;
    const said = { name, tls, credentials, detection, pollsLogs, updatedAt };
    await tx.repository(ClusterEntity).update({ id }, said);
    if (goneNodeIds.length > 0) await tx.repository(ClusterNodeEntity).delete({ id: In([...goneNodeIds]) });
    for (const node of nodes) {
      await tx.query(
        `INSERT INTO cluster_nodes (id, cluster_id, position, address, cores, memory_bytes)
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO UPDATE SET
           position = EXCLUDED.position, cores = EXCLUDED.cores, memory_bytes = EXCLUDED.memory_bytes`,
        [node.id, id, node.position, node.address, node.cores, node.memoryBytes],
      );
    }
  }

  /** Resolves with whether it was there. */
  async markDeleted(tx: Transaction, projectId: string, id: string, now: Date): Promise<boolean> {
    const rows = await tx.query(
      `UPDATE clusters SET deleted_at = $3, updated_at = $3
       WHERE id = $1 AND project_id = $2 AND deleted_at IS NULL RETURNING id`,
      [id, projectId, now],
    );
    return rows.length > 0;
  }

  /** Marks all clusters of these projects; resolves with the ids of those that were there. */
  async markDeletedOf(tx: Transaction, projectIds: readonly string[], now: Date): Promise<string[]> {
    const rows = await tx.query<{ id: string }>(
      `UPDATE clusters SET deleted_at = $2, updated_at = $2
       WHERE project_id = ANY($1) AND deleted_at IS NULL RETURNING id`,
      [projectIds, now],
    );
    return rows.map(({ id }) => id);
  }

  /** Ids of all clusters that are to be watched. */
  async listWatchedIds(db: Queryable): Promise<string[]> {
    const rows = await db.query<{ id: string }>(
      'SELECT id FROM clusters WHERE deleted_at IS NULL ORDER BY id',
    );
    return rows.map(({ id }) => id);
  }

  /** Of those the ones whose nodes are asked for their log files. */
  async listLogPolledIds(db: Queryable): Promise<string[]> {
    const rows = await db.query<{ id: string }>(
      'SELECT id FROM clusters WHERE deleted_at IS NULL AND polls_logs ORDER BY id',
    );
    return rows.map(({ id }) => id);
  }

  /** Undefined when it was removed. */
  async load(db: Queryable, id: string): Promise<WatchedCluster | undefined> {
    const cluster = await db.repository(ClusterEntity).findOneBy({ id, deletedAt: IsNull() });
    if (!cluster) return undefined;
    const { projectId, name, tls, detection, pollsLogs, credentials: sealedCredentials } = cluster;
    const [record] = await this.withNodes(db, [cluster]);
    const nodes = (record?.nodes ?? []).map((node) => ({ ...node, cores: coresOf(node) }));
    return { id, projectId, name, tls, detection, pollsLogs, sealedCredentials, nodes };
  }

  /** As an agent counted them; see `reportCores`. */
  reportCores(
    db: Queryable,
    projectId: string,
    cluster: string,
    host: string,
    cores: number,
  ): Promise<boolean> {
    return reportCores(db, projectId, cluster, host, cores);
  }

  /** Writes what the platform reported of the steps of provisioning, and the status that follows. */
  async saveProvisioning(
    tx: Transaction,
    { id, provisioning, status, updatedAt }: ProvisionedCluster,
  ): Promise<void> {
    await tx.repository(ClusterEntity).update({ id }, { provisioning, status, updatedAt });
  }

  /** Open issues of the cluster whose key begins so, the oldest first. */
  openIssues(db: Queryable, clusterId: string, keyPrefix: string): Promise<OpenClusterIssue[]> {
    return db.query<OpenClusterIssue>(
      `SELECT id, kind, node_id AS "nodeId" FROM issues
       WHERE cluster_id = $1 AND status = 'open' AND starts_with(key, $2) ORDER BY id`,
      [clusterId, keyPrefix],
    );
  }

  /** The cluster of a node in this project; undefined when the node or its cluster is not there. */
  async clusterOfNode(db: Queryable, projectId: string, nodeId: string): Promise<string | undefined> {
    const rows = await db.query<{ cluster_id: string }>(
      `SELECT cluster_id FROM cluster_nodes JOIN clusters ON clusters.id = cluster_id
       WHERE cluster_nodes.id = $1 AND project_id = $2 AND deleted_at IS NULL`,
      [nodeId, projectId],
    );
    return rows[0]?.cluster_id;
  }

  /** Those of `ids` that are clusters of this project. */
  async present(db: Queryable, projectId: string, ids: readonly string[]): Promise<ReadonlySet<string>> {
    const sql = 'SELECT id FROM clusters WHERE project_id = $1 AND deleted_at IS NULL AND id = ANY($2)';
    return new Set((await db.query<{ id: string }>(sql, [projectId, ids])).map(({ id }) => id));
  }

  async exists(db: Queryable, projectId: string, id: string): Promise<boolean> {
    return db.repository(ClusterEntity).existsBy({ id, projectId, deletedAt: IsNull() });
  }

  private async withNodes(db: Queryable, clusters: readonly ClusterEntity[]): Promise<ClusterRecord[]> {
    const all = await db.repository(ClusterNodeEntity).find({
      where: { clusterId: In(clusters.map(({ id }) => id)) },
      order: { position: 'ASC' },
    });
    const byCluster = Map.groupBy(all, ({ clusterId }) => clusterId);
    return clusters.map((cluster) => ({ cluster, nodes: byCluster.get(cluster.id) ?? [] }));
  }
}
