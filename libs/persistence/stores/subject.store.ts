import type { Issue, Notification } from '../../domain/index.js';
import type { Queryable } from '../database.js';

/** Names behind a subject's ids, for people to read. Those of what was removed are found, too. */
export interface SubjectNames {
  readonly projectName: string;
  readonly clusterName: string | null;
  readonly nodeAddress: string | null;
}

const NAMES = (subject: string): string => `
  COALESCE((SELECT name FROM projects WHERE id = ${subject}.project_id), ${subject}.project_id) AS "projectName",
  (SELECT name FROM clusters WHERE id = ${subject}.cluster_id) AS "clusterName"`;

/** Issues and notifications as they are now, with the names that a message shows. Each in one query: a call waits for it. */
export class SubjectStore {
  async issue(db: Queryable, id: string): Promise<SubjectNames & { issue: Issue }> {
    const rows = await db.query<SubjectNames & Issue>(
      `SELECT id, project_id AS "projectId", key, kind, status, severity, cluster_id AS "clusterId",
              node_id AS "nodeId", message, opened_at AS "openedAt", updated_at AS "updatedAt",
              closed_at AS "closedAt", event_count AS "eventCount", drill_of AS "drillOf", ${NAMES('issues')},
              (SELECT address FROM cluster_nodes WHERE id = issues.node_id) AS "nodeAddress"
       FROM issues WHERE id = $1`,
      [id],
    );
    const { projectName, clusterName, nodeAddress, ...issue } = theOne(rows, 'issue', id);
    return { issue, projectName, clusterName, nodeAddress };
  }

  async notification(
    db: Queryable,
    id: string,
  ): Promise<Omit<SubjectNames, 'nodeAddress'> & { notification: Notification }> {
    const rows = await db.query<Omit<SubjectNames, 'nodeAddress'> & Notification>(
      `SELECT id, project_id AS "projectId", cluster_id AS "clusterId", severity, title, message,
              accepted_at AS "acceptedAt", except_for AS "exceptFor", ${NAMES('notifications')}
       FROM notifications WHERE id = $1`,
      [id],
    );
    const { projectName, clusterName, ...notification } = theOne(rows, 'notification', id);
    return { notification, projectName, clusterName };
  }
}

function theOne<Row>(rows: readonly Row[], what: string, id: string): Row {
  if (!rows[0]) throw new Error(`A delivery refers to the ${what} ${id}, which does not exist`);
  return rows[0];
}
