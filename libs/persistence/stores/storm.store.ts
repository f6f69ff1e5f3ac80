import type { Queryable, Transaction } from '../database.js';
import type { UnitEnd } from '../entities/index.js';

/** Which storm takes in what opens at an integration now. */
export interface Raging {
  readonly stormId: string | null;
  readonly stormUntil: Date | null;
}

/** Issues that opened within the time that counts, or were let go within it and are shown nowhere yet. */
const FLOOD = `
  (SELECT id FROM deliveries
   WHERE integration_id = $1 AND subject_type = 'issue' AND created_at > $2 AND suppressed = 0 LIMIT $3)
  UNION
  (SELECT id FROM deliveries
   WHERE integration_id = $1 AND subject_type = 'issue' AND owed_since > $2 AND suppressed = 0
     AND mirror->>'ref' IS NULL LIMIT $3)`;

/**
 * Storms: the deliveries that sum many issues up, and the deliveries of these issues, their members. Who needs several
 * locks takes them in this order: the integration, the storm, its members.
 */
export class StormStore {
  /** Whether more than `threshold` issues came since then. */
  async isFlooded(db: Queryable, integrationId: string, since: Date, threshold: number): Promise<boolean> {
    const rows = await db.query<{ n: number }>(`SELECT count(*)::int AS n FROM (${FLOOD}) AS flood`, [
      integrationId,
      since,
      threshold + 1,
    ]);
    return (rows[0]?.n ?? 0) > threshold;
  }

  /** Locks the integration; undefined when there is none. */
  async lock(tx: Transaction, integrationId: string): Promise<Raging | undefined> {
    const rows = await tx.query<Raging>(
      `SELECT storm_id AS "stormId", storm_until AS "stormUntil" FROM integrations WHERE id = $1 FOR UPDATE`,
      [integrationId],
    );
    return rows[0];
  }

  /** Begins a storm, or goes on with one: it takes in what opens until then. */
  async rage(tx: Transaction, integrationId: string, sink: string, storm: Raging, now: Date): Promise<void> {
    await tx.query(`UPDATE integrations SET storm_id = $2, storm_until = $3 WHERE id = $1`, [
      integrationId,
      storm.stormId,
      storm.stormUntil,
    ]);
    await tx.query(
      `INSERT INTO deliveries (id, integration_id, sink, subject_type, subject_id, first_seq, accepted_seq,
                               settled_seq, mirror, created_at, updated_at)
       VALUES ($1, $2, $3, 'storm', $1, 1, 0, 0, '{}', $4, $4) ON CONFLICT DO NOTHING`,
      [storm.stormId, integrationId, sink, now],
    );
  }

  /**
   * Tells the summary that something is to be shown: at once when it is `news`, else when it is looked at next.
   * Resolves with the number of the event, or undefined when there is no such storm.
   */
  async tell(
    tx: Transaction,
    stormId: string,
    news: boolean,
    now: Date,
  ): Promise<{ seq: number; dueAt: Date | null } | undefined> {
    const rows = await tx.query<{ seq: number; dueAt: Date | null }>(
      `UPDATE deliveries SET accepted_seq = accepted_seq + 1, owed_since = COALESCE(owed_since, $2),
              due_at = CASE WHEN parked OR (due_at IS NOT NULL AND (failures > 0 OR NOT $3)) THEN due_at
                            ELSE LEAST(due_at, $2) END
       WHERE id = $1 AND subject_type = 'storm' RETURNING accepted_seq AS seq, due_at AS "dueAt"`,
      [stormId, now, news],
    );
    return rows[0];
  }

  /**
   * Gives the members that the summary knew as they are, up to its event `seq`, the end that it found. One that something
   * came in for since, or that waits for its integration, is not meant: the summary will be told of it.
   */
  async settle(tx: Transaction, stormId: string, seq: number, end: UnitEnd, now: Date): Promise<void> {
    const units = 'accepted_seq - settled_seq';
    const gained =
      end === 'delivered' ? `delivered = delivered + 1, coalesced = coalesced + ${units} - 1` : '';
    await tx.query(
      `UPDATE deliveries SET ${gained || `${end} = ${end} + ${units}`}, settled_seq = accepted_seq, owed_since = NULL,
              last_end = $3, updated_at = $4
       WHERE id IN (SELECT id FROM deliveries
                    WHERE storm_id = $1 AND storm_seq <= $2 AND due_at IS NULL AND NOT parked AND settled_seq < accepted_seq
                    ORDER BY id FOR UPDATE)`,
      [stormId, seq, end, now],
    );
  }

  /** The summary waits for its integration, and its members with it. */
  async park(tx: Transaction, stormId: string): Promise<void> {
    await tx.query(
      `UPDATE deliveries SET parked = true
       WHERE id IN (SELECT id FROM deliveries
                    WHERE storm_id = $1 AND due_at IS NULL AND NOT parked AND settled_seq < accepted_seq
                    ORDER BY id FOR UPDATE)`,
      [stormId],
    );
  }

  /** The storm is over: it takes in nothing any more. */
  async end(tx: Transaction, stormId: string, integrationId: string): Promise<void> {
    await tx.query(
      `UPDATE integrations SET storm_id = NULL, storm_until = NULL WHERE id = $2 AND storm_id = $1`,
      [stormId, integrationId],
    );
  }
}
