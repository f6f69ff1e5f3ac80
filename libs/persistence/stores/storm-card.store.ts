import type { IssueStatus, Severity } from '../../domain/index.js';
import type { Queryable } from '../database.js';

export interface StormItemRow {
  readonly kind: string;
  readonly severity: Severity;
  readonly status: IssueStatus;
  readonly clusterName: string | null;
  readonly nodeAddress: string | null;
}

/** The issues of one storm as they are now. */
export interface StormRow {
  readonly total: number;
  readonly open: number;
  /** Of the open ones, or of all when none is open; null when there is none at all. */
  readonly severity: Severity | null;
  readonly since: Date | null;
  readonly updatedAt: Date | null;
  readonly projectName: string;
  readonly items: readonly StormItemRow[];
}

const WORST = `CASE max(array_position(ARRAY['info', 'warning', 'critical'], severity))
  WHEN 3 THEN 'critical' WHEN 2 THEN 'warning' WHEN 1 THEN 'info' END`;

/** What the summary of a storm shows. */
export class StormCardStore {
  /** How many issues there are, and the first of them, open and new ones first. */
  async read(db: Queryable, stormId: string, projectId: string, items: number): Promise<StormRow> {
    const rows = await db.query<StormRow>(
      `WITH members AS (
         SELECT issue.id, issue.kind, issue.severity, issue.status, issue.cluster_id, issue.node_id, issue.opened_at,
                issue.updated_at
         FROM deliveries JOIN issues issue ON issue.id = deliveries.subject_id
         WHERE deliveries.storm_id = $1 AND deliveries.subject_type = 'issue'
       ), shown AS (
         SELECT kind, severity, status,
                (SELECT name FROM clusters WHERE id = members.cluster_id) AS "clusterName",
                (SELECT address FROM cluster_nodes WHERE id = members.node_id) AS "nodeAddress"
         FROM members ORDER BY status = 'open' DESC, opened_at DESC, id DESC LIMIT $3
       )
       SELECT count(*)::int AS total, count(*) FILTER (WHERE status = 'open')::int AS open,
              COALESCE((SELECT ${WORST} FROM members WHERE status = 'open'), ${WORST}) AS severity,
              min(opened_at) AS since, max(updated_at) AS "updatedAt",
              COALESCE((SELECT name FROM projects WHERE id = $2), $2) AS "projectName",
              COALESCE((SELECT jsonb_agg(shown) FROM shown), '[]') AS items
       FROM members`,
      [stormId, projectId, items],
    );
    return rows[0]!;
  }
}
