import type { Queryable } from '../database.js';

const PRESENT = {
  cluster: 'SELECT id FROM clusters WHERE project_id = $1 AND deleted_at IS NULL AND id = ANY($2)',
  node: `SELECT node.id FROM cluster_nodes node JOIN clusters ON clusters.id = node.cluster_id
         WHERE project_id = $1 AND deleted_at IS NULL AND node.id = ANY($2)`,
  integration: `SELECT id FROM integrations WHERE project_id = $1 AND status = 'active' AND id = ANY($2)`,
} as const;

/** Whether what a matcher names is there. */
export class NamedThingsStore {
  /** Those of `ids` that this project has. */
  async present(
    db: Queryable,
    projectId: string,
    what: keyof typeof PRESENT,
    ids: readonly string[],
  ): Promise<ReadonlySet<string>> {
    const rows = await db.query<{ id: string }>(PRESENT[what], [projectId, ids]);
    return new Set(rows.map(({ id }) => id));
  }
}
