import { newId } from '../../libs/domain/index.js';
import { ClusterStore, createDataSource, Database, migrate } from '../../libs/persistence/index.js';
import { addressOf } from './fleet-addresses.js';

const NODES = 3;

/** So many clusters of the fleet in a database that has no tables yet; resolves with their ids, in the order of their numbers. */
export async function registerFleet(url: string, clusters: number, port: number): Promise<string[]> {
  const dataSource = createDataSource({ url });
  await dataSource.initialize();
  await migrate(dataSource);
  const store = new ClusterStore();
  const now = new Date();
  const ids = Array.from({ length: clusters }, () => newId(now));
  await new Database(dataSource).transaction(async (tx) => {
    for (const [index, id] of ids.entries()) {
      const cluster = {
        id,
        projectId: 'bench',
        name: `cluster-${index}`,
        tls: {},
        credentials: null,
        detection: {},
        status: 'available' as const,
        provisioning: {},
        pollsLogs: false,
        createdAt: now,
        updatedAt: now,
        deletedAt: null,
      };
      const nodes = Array.from({ length: NODES }, (_, node) => ({
        id: newId(now),
        clusterId: id,
        position: node,
        address: addressOf(index, node, port),
        cores: 4,
        reportedCores: null,
        memoryBytes: null,
      }));
      await store.insert(tx, { cluster, nodes });
    }
  });
  await dataSource.destroy();
  return ids;
}
