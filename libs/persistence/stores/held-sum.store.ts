import type { Severity } from '../../domain/index.js';
import type { Transaction } from '../database.js';

/** What a silence or window held back, as it is now that this is over. */
export interface HeldSum {
  readonly deliveries: number;
  readonly issues: number;
  readonly notifications: number;
  /** Issues that are open still. */
  readonly open: number;
  /** Of these and of the notifications the worst; null when there are none. */
  readonly worst: Severity | null;
  /** Their cluster, when they all have one and the same. */
  readonly clusterId: string | null;
}

/** An issue in words that people know it by. */
export interface HeldIssue {
  readonly id: string;
  readonly kind: string;
  readonly severity: Severity;
  readonly clusterName: string | null;
  readonly nodeAddress: string | null;
}

/** A notification that was held back. */
export interface HeldNotification {
  readonly title: string | null;
  readonly message: string;
  readonly severity: Severity;
}

/** What is summed up when silences and windows end. */
export class HeldSumStore {
  /** Takes away what was noted for it before `end`; resolves with the ids of the deliveries. */
  async takeHeld(tx: Transaction, id: string, end: Date): Promise<string[]> {
    const rows = await tx.query<{ id: string }>(
      'DELETE FROM held_deliveries WHERE hold_id = $1 AND held_at < $2 RETURNING delivery_id AS id',
      [id, end],
    );
    return rows.map((row) => row.id);
  }

  async sum(tx: Transaction, deliveryIds: readonly string[]): Promise<HeldSum> {
    const rows = await tx.query<HeldSum>(
      `SELECT count(*)::int AS deliveries,
              count(DISTINCT subject_id) FILTER (WHERE subject_type = 'issue')::int AS issues,
              count(DISTINCT subject_id) FILTER (WHERE subject_type = 'notification')::int AS notifications,
              count(DISTINCT issue.id)::int AS open,
              (ARRAY['info', 'warning', 'critical'])[
                max(array_position(ARRAY['info', 'warning', 'critical'], COALESCE(issue.severity, note.severity)))] AS worst,
              CASE WHEN count(DISTINCT COALESCE(issue.cluster_id, note.cluster_id, ''))
                          FILTER (WHERE issue.id IS NOT NULL OR note.id IS NOT NULL) = 1
                   THEN min(COALESCE(issue.cluster_id, note.cluster_id)) END AS "clusterId"
       FROM deliveries LEFT JOIN issues issue ON issue.id = subject_id AND issue.status = 'open'
            LEFT JOIN notifications note ON note.id = subject_id
       WHERE deliveries.id = ANY($1)`,
      [deliveryIds],
    );
    return rows[0]!;
  }

  /** Of the issues that are open still the oldest. */
  openIssues(tx: Transaction, deliveryIds: readonly string[], limit: number): Promise<HeldIssue[]> {
    return tx.query<HeldIssue>(
      `SELECT issue.id, issue.kind, issue.severity, cluster.name AS "clusterName", node.address AS "nodeAddress"
       FROM issues issue LEFT JOIN clusters cluster ON cluster.id = issue.cluster_id
            LEFT JOIN cluster_nodes node ON node.id = issue.node_id
       WHERE issue.status = 'open' AND issue.id IN (SELECT subject_id FROM deliveries WHERE id = ANY($1))
       ORDER BY issue.id LIMIT $2`,
      [deliveryIds, limit],
    );
  }

  /** Of the notifications the oldest. */
  notifications(tx: Transaction, deliveryIds: readonly string[], limit: number): Promise<HeldNotification[]> {
    return tx.query<HeldNotification>(
      `SELECT title, message, severity FROM notifications
       WHERE id IN (SELECT subject_id FROM deliveries WHERE id = ANY($1)) ORDER BY id LIMIT $2`,
      [deliveryIds, limit],
    );
  }

  /** Writes down that it is summed up until `end`; `finishedAt` when it is over for good. */
  async summed(
    tx: Transaction,
    id: string,
    { end, heldBack, finishedAt }: { end: Date; heldBack: number; finishedAt: Date | null },
  ): Promise<void> {
    await tx.query(
      'UPDATE holds SET summed_until = $2, held_back = held_back + $3, ended_at = $4 WHERE id = $1',
      [id, end, heldBack, finishedAt],
    );
  }
}
