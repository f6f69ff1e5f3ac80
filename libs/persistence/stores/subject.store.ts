import type { Issue, Notification } from '../../domain/index.js';
import type { Queryable } from '../database.js';
import { IssueEntity, NotificationEntity } from '../entities/index.js';

/** Names behind a subject's ids, for people to read. */
export interface SubjectNames {
  readonly projectName: string;
  readonly clusterName: string | null;
  readonly nodeAddress: string | null;
}

/** Issues and notifications as they are now, with the names that a message shows. */
export class SubjectStore {
  async issue(db: Queryable, id: string): Promise<Issue> {
    return db.repository(IssueEntity).findOneByOrFail({ id });
  }

  async notification(db: Queryable, id: string): Promise<Notification> {
    return db.repository(NotificationEntity).findOneByOrFail({ id });
  }

  /** Also finds what was removed meanwhile: its messages still have to be closed under its name. */
  async names(
    db: Queryable,
    projectId: string,
    clusterId: string | null,
    nodeId: string | null,
  ): Promise<SubjectNames> {
    const rows = await db.query<{ project: string | null; cluster: string | null; node: string | null }>(
      `SELECT (SELECT name FROM projects WHERE id = $1) AS project,
              (SELECT name FROM clusters WHERE id = $2) AS cluster,
              (SELECT address FROM cluster_nodes WHERE id = $3) AS node`,
      [projectId, clusterId, nodeId],
    );
    const row = rows[0];
    return {
      projectName: row?.project ?? projectId,
      clusterName: row?.cluster ?? null,
      nodeAddress: row?.node ?? null,
    };
  }
}
