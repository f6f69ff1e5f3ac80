import type { Severity } from '../../domain/index.js';
import type { Queryable, Transaction } from '../database.js';
import { HoldEntity } from '../entities/index.js';

/** What a silence or window held back, as it is now that this is over. */
export interface HeldSum {
  readonly deliveries: number;
  readonly issues: number;
  readonly notifications: number;
  /** Issues that are open still. */
  readonly open: number;
  /** Of these the worst; null when none is. */
  readonly worst: Severity | null;
  /** Their cluster, when they have one and the same. */
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

/** What happens when silences and windows end. */
export class HoldEndStore {
  /** Those that may have ended and are not summed up: silences and windows that are over, and every recurring window. */
  mayHaveEnded(db: Queryable, now: Date): Promise<HoldEntity[]> {
    return db
      .repository(HoldEntity)
      .createQueryBuilder('hold')
      .where(`hold.endedAt IS NULL AND (hold.untilAt <= :now OR hold.type = 'window')`, { now })
      .orderBy('hold.id')
      .getMany();
  }

  /** The hold, if it is not finished and nobody else works on it. */
  async lock(tx: Transaction, id: string): Promise<HoldEntity | undefined> {
    const found = await tx
      .repository(HoldEntity)
      .createQueryBuilder('hold')
      .setLock('pessimistic_write')
      .setOnLocked('skip_locked')
      .where('hold.id = :id AND hold.endedAt IS NULL', { id })
      .getOne();
    return found ?? undefined;
  }

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
                max(array_position(ARRAY['info', 'warning', 'critical'], issue.severity))] AS worst,
              CASE WHEN count(DISTINCT COALESCE(issue.cluster_id, '')) FILTER (WHERE issue.id IS NOT NULL) = 1
                   THEN min(issue.cluster_id) END AS "clusterId"
       FROM deliveries LEFT JOIN issues issue ON issue.id = subject_id AND issue.status = 'open'
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

  /**
   * Lets what this holds back be looked at again, at once: `heldBy` is the id of a silence or window. What waits for its
   * integration, or is being called for, comes to it by itself.
   */
  async lookAgain(tx: Transaction, heldBy: string, now: Date): Promise<void> {
    await this.makeDue(tx, 'held_by = $2', [now, heldBy]);
  }

  /** As `lookAgain`, for what an integration's own filter holds back. */
  async lookAgainAtFiltered(tx: Transaction, integrationId: string, now: Date): Promise<void> {
    await this.makeDue(tx, `held_by = 'filter' AND integration_id = $2`, [now, integrationId]);
  }

  /**
   * As both, for all silences, windows and integrations that were changed at `since` or later: a claim that was decided on
   * what was before may have written its decision after the change.
   */
  async lookAgainAtChanged(tx: Transaction, since: Date, now: Date): Promise<void> {
    await this.makeDue(
      tx,
      `(held_by IN (SELECT id FROM holds WHERE updated_at >= $2 AND updated_at > created_at)
        OR held_by = 'filter' AND integration_id IN (SELECT id FROM integrations WHERE updated_at >= $2 AND updated_at > created_at))`,
      [now, since],
    );
  }

  /** Ends all of these projects at once; nothing is summed up. */
  async endAllOf(tx: Transaction, projectIds: readonly string[], now: Date): Promise<void> {
    await tx.query(
      `WITH ended AS (
         UPDATE holds SET ended_at = $2, updated_at = $2 WHERE project_id = ANY($1) AND ended_at IS NULL RETURNING id
       ) DELETE FROM held_deliveries WHERE hold_id IN (SELECT id FROM ended)`,
      [projectIds, now],
    );
  }

  private async makeDue(tx: Transaction, which: string, parameters: readonly unknown[]): Promise<void> {
    await tx.query(
      `UPDATE deliveries SET due_at = $1 WHERE id IN (
         SELECT id FROM deliveries WHERE ${which} AND NOT parked AND (due_at IS NULL OR due_at > $1)
           AND (lease_until IS NULL OR lease_until <= $1) ORDER BY id FOR UPDATE)`,
      parameters,
    );
  }
}
