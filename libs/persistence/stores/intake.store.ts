import type { IssueReport, Notification } from '../../domain/index.js';
import type { Queryable, Transaction } from '../database.js';
import type { DueDelivery } from './backlog.store.js';

export interface StoredEvent {
  readonly issueId: string;
  readonly seq: number;
}

/** Events went by while the integration was turned to another source: they did not concern it and count as suppressed. */
const GAP = 'EXCLUDED.accepted_seq > deliveries.accepted_seq + 1';

/** Somebody acknowledged something lesser. */
const BECOMES_CRITICAL = `EXCLUDED.severity = 'critical' AND issues.severity <> 'critical'`;

/** Facts as they come in, and what each matching integration now owes for them. */
export class IntakeStore {
  /** `deliveringSinks`: kinds of the sinks that something is delivered to; integrations with others are owed nothing. */
  constructor(private readonly deliveringSinks: readonly string[]) {}

  /** Opens an issue, or adds an event to the open one of that key. */
  async open(
    tx: Transaction,
    newIssueId: string,
    projectId: string,
    report: IssueReport,
  ): Promise<StoredEvent> {
    const rows = await tx.query<{ id: string; event_count: number }>(
      `INSERT INTO issues (id, project_id, key, kind, status, severity, cluster_id, node_id, message,
                           opened_at, updated_at, event_count, drill_of)
       VALUES ($1, $2, $3, $4, 'open', $5, $6, $7, $8, $9, $9, 1, $10)
       ON CONFLICT (project_id, key) WHERE status = 'open' DO UPDATE
         SET severity = EXCLUDED.severity, message = EXCLUDED.message,
             updated_at = GREATEST(issues.updated_at, EXCLUDED.updated_at), event_count = issues.event_count + 1,
             acknowledged_at = CASE WHEN ${BECOMES_CRITICAL} THEN NULL ELSE issues.acknowledged_at END,
             acknowledged_by = CASE WHEN ${BECOMES_CRITICAL} THEN NULL ELSE issues.acknowledged_by END
       RETURNING id, event_count`,
      [
        newIssueId,
        projectId,
        report.key,
        report.kind,
        report.severity,
        report.clusterId,
        report.nodeId,
        report.message,
        report.time,
        report.drillOf ?? null,
      ],
    );
    return stored(rows)!;
  }

  /** Closes the open issue of that key; undefined when there is none. */
  async close(tx: Transaction, projectId: string, report: IssueReport): Promise<StoredEvent | undefined> {
    const rows = await tx.query<{ id: string; event_count: number }>(
      `UPDATE issues SET status = 'closed', severity = $3, message = $4, event_count = event_count + 1,
              updated_at = GREATEST(updated_at, $5), closed_at = GREATEST(opened_at, $5)
       WHERE project_id = $1 AND key = $2 AND status = 'open' RETURNING id, event_count`,
      [projectId, report.key, report.severity, report.message, report.time],
    );
    return stored(rows);
  }

  async latestOf(db: Queryable, projectId: string, key: string): Promise<string | undefined> {
    const rows = await db.query<{ id: string }>(
      `SELECT id FROM issues WHERE project_id = $1 AND key = $2 ORDER BY opened_at DESC LIMIT 1`,
      [projectId, key],
    );
    return rows[0]?.id;
  }

  async addEvent(tx: Transaction, event: StoredEvent, report: IssueReport, now: Date): Promise<void> {
    await tx.query(
      `INSERT INTO issue_events (issue_id, seq, event, severity, message, time, accepted_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [event.issueId, event.seq, report.event, report.severity, report.message, report.time, now],
    );
  }

  async addNotification(tx: Transaction, notification: Notification): Promise<void> {
    await tx.query(
      `INSERT INTO notifications (id, project_id, cluster_id, severity, title, message, accepted_at, except_for,
                                  drill_of, is_notice)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      [
        notification.id,
        notification.projectId,
        notification.clusterId,
        notification.severity,
        notification.title,
        notification.message,
        notification.acceptedAt,
        notification.exceptFor,
        notification.drillOf,
        notification.isNotice,
      ],
    );
  }

  /**
   * Adds one unit to what every active integration of the project on this source, with a sink that is delivered to,
   * owes for the subject, and resolves with the deliveries that are due at once. Those that wait go on waiting where
   * waking them would change nothing: parked ones, ones that back off, ones that wait for the sink's verdict, and ones
   * whose interval is not over while neither status nor severity changed.
   */
  owe(tx: Transaction, owed: OwedUnit): Promise<DueDelivery[]> {
    return tx.query<DueDelivery>(
      `WITH owing AS (
         INSERT INTO deliveries (id, integration_id, sink, subject_type, subject_id, first_seq, accepted_seq,
                                 settled_seq, mirror, due_at, owed_since, created_at, updated_at)
         SELECT left(md5(integration.id || ':' || $3), 20), integration.id, integration.sink, $2, $3, $4, $4, $4 - 1,
                '{}', $5, $5, $5, $5
         FROM integrations integration
         WHERE integration.project_id = $1 AND integration.source = $2 || 's' AND integration.status = 'active'
           AND integration.sink = ANY($8) AND ($9::text IS NULL OR integration.id = $9)
           AND ($10::text IS NULL OR integration.id <> $10)
         ORDER BY integration.id
         ON CONFLICT (integration_id, subject_type, subject_id) DO UPDATE
           SET accepted_seq = EXCLUDED.accepted_seq,
               settled_seq = CASE WHEN ${GAP} THEN EXCLUDED.accepted_seq - 1 ELSE deliveries.settled_seq END,
               suppressed = CASE WHEN ${GAP} THEN deliveries.suppressed + EXCLUDED.accepted_seq - 1 - deliveries.settled_seq
                                 ELSE deliveries.suppressed END,
               owed_since = COALESCE(deliveries.owed_since, EXCLUDED.owed_since),
               due_at = CASE
                 WHEN deliveries.parked OR (deliveries.failures > 0 AND deliveries.due_at IS NOT NULL)
                   THEN deliveries.due_at
                 WHEN deliveries.mirror->>'pending' IS NOT NULL AND deliveries.due_at IS NOT NULL THEN deliveries.due_at
                 WHEN deliveries.due_at IS NOT NULL AND $6 = 'open'
                      AND deliveries.mirror->'shown'->>'severity' = $7 THEN deliveries.due_at
                 ELSE LEAST(deliveries.due_at, EXCLUDED.due_at) END
         RETURNING id, sink, integration_id, due_at
       ) SELECT id, sink, integration_id AS "integrationId" FROM owing WHERE due_at <= $5`,
      [
        owed.projectId,
        owed.subjectType,
        owed.subjectId,
        owed.seq,
        owed.now,
        owed.event,
        owed.severity,
        this.deliveringSinks,
        owed.only,
        owed.except,
      ],
    );
  }
}

export interface OwedUnit {
  readonly projectId: string;
  readonly subjectType: 'issue' | 'notification';
  readonly subjectId: string;
  readonly seq: number;
  readonly event: 'open' | 'closed';
  readonly severity: string;
  readonly now: Date;
  /** The one integration that is concerned; null when all are. */
  readonly only: string | null;
  /** One that is not. */
  readonly except: string | null;
}

function stored(rows: readonly { id: string; event_count: number }[]): StoredEvent | undefined {
  return rows[0] && { issueId: rows[0].id, seq: rows[0].event_count };
}
