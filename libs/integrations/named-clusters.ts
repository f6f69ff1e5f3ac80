import { badRequest } from '../domain/index.js';
import type { ClusterStore, Queryable } from '../persistence/index.js';
import type { SinkConfig } from '../sinks/index.js';

/** The clusters that an integration is restricted to, in their order; empty for all, and for sinks without such a list. */
const clusterIdsIn = (config: SinkConfig): readonly string[] => {
  const ids = config['clusterIds'];
  return Array.isArray(ids) ? (ids as readonly string[]) : [];
};

/**
 * Throws a 400 naming every cluster in `config` that the project does not have. Those that are `stored` already are
 * legal: clients send the whole list again after one of its clusters was removed. Of a foreign tenant's cluster nobody
 * learns more than of one that does not exist.
 */
export async function requireKnownClusters(
  db: Queryable,
  clusters: ClusterStore,
  projectId: string,
  config: SinkConfig,
  stored: SinkConfig = {},
): Promise<void> {
  const [ids, known] = [clusterIdsIn(config), clusterIdsIn(stored)];
  const added = ids.filter((id) => !known.includes(id));
  if (added.length === 0) return;
  const present = await clusters.present(db, projectId, added);
  const problems = ids.flatMap((id, index) =>
    known.includes(id) || present.has(id)
      ? []
      : [[`data.clusterIds[${index}]`, 'is no cluster of this project'] as const],
  );
  if (problems.length > 0) throw badRequest(Object.fromEntries(problems));
}
