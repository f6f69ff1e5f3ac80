import type { Queryable } from '../database.js';

interface CountedNode {
  readonly id: string;
  readonly address: string;
  readonly reportedCores: number | null;
}

/**
 * Writes down how many physical cores the host has, as counted there, for the nodes on it: those whose address names it
 * (all of them, when several share a host), or else the one node whose address begins with it (`n1` for
 * `n1.example.com`). `cluster` is an id or a name. Writes nothing that stands there already; resolves with whether it wrote.
 */
export async function reportCores(
  db: Queryable,
  projectId: string,
  cluster: string,
  host: string,
  cores: number,
): Promise<boolean> {
  const nodes = await db.query<CountedNode>(
    `SELECT node.id, address, reported_cores AS "reportedCores"
     FROM cluster_nodes node JOIN clusters cluster ON cluster.id = node.cluster_id
     WHERE project_id = $1 AND deleted_at IS NULL AND (cluster.id = $2 OR name = $2)`,
    [projectId, cluster],
  );
  const changed = nodesOn(host, nodes).filter(({ reportedCores }) => reportedCores !== cores);
  if (changed.length === 0) return false;
  const ids = changed.map(({ id }) => id);
  await db.query('UPDATE cluster_nodes SET reported_cores = $2 WHERE id = ANY($1)', [ids, cores]);
  return true;
}

function nodesOn(host: string, nodes: readonly CountedNode[]): readonly CountedNode[] {
  const wanted = host.toLowerCase();
  const named = nodes.filter((node) => hostOf(node) === wanted);
  if (named.length > 0) return named;
  const alike = nodes.filter((node) => hostOf(node).split('.')[0] === wanted);
  return alike.length === 1 ? alike : [];
}

/** Without a port, and an IPv6 address without brackets. */
const hostOf = ({ address }: CountedNode): string =>
  (URL.parse(address)?.hostname ?? '').toLowerCase().replace(/^\[|\]$/g, '');
