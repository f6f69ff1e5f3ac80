import type { Queryable, Transaction } from '../database.js';

/** Which storm takes in what opens at an integration now. */
export interface Raging {
  readonly stormId: string | null;
  readonly stormUntil: Date | null;
}

/**
 * Issues that opened within the time that counts, or were let go within it, or are due now: and are shown nowhere yet, or
 * have only just been. What is held back is none, until it is looked at because its hold may be over.
 */
const FLOOD = `
  (SELECT id FROM deliveries
   WHERE integration_id = $1 AND subject_type = 'issue' AND created_at > $2 AND held_by IS NULL LIMIT $4)
  UNION
  (SELECT id FROM deliveries
   WHERE integration_id = $1 AND subject_type = 'issue' AND owed_since > $2 AND held_by IS NULL
     AND mirror->>'ref' IS NULL LIMIT $4)
  UNION
  (SELECT id FROM deliveries
   WHERE integration_id = $1 AND subject_type = 'issue' AND due_at <= $3 AND mirror->>'ref' IS NULL
     AND EXISTS (SELECT FROM issues WHERE id = deliveries.subject_id AND status = 'open') LIMIT $4)`;

const IS_LAST = `NOT EXISTS (SELECT FROM deliveries member JOIN issues ON issues.id = member.subject_id
  WHERE member.storm_id = $1 AND member.id <> $4 AND issues.status = 'open')`;

/** Something that a summary has to show, and the member that it happened to. */
interface StormNews {
  readonly memberId: string;
  /** The member is open no longer, or no longer a member: it may have been the last. */
  readonly ends: boolean;
}

/**
 * Storms: the deliveries that sum many issues up, and the deliveries of these issues, their members. Who needs several
 * locks takes them in this order: the integration, the storm, its members.
 */
export class StormStore {
  /** Whether more than `threshold` issues came since then, or are to be shown now. */
  async isFlooded(
    db: Queryable,
    integrationId: string,
    since: Date,
    now: Date,
    threshold: number,
  ): Promise<boolean> {
    const rows = await db.query<{ n: number }>(`SELECT count(*)::int AS n FROM (${FLOOD}) AS flood`, [
      integrationId,
      since,
      now,
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

  /** Locks the row of a summary: nothing is told to it until the transaction ends. */
  async lockSummary(tx: Transaction, stormId: string): Promise<void> {
    await tx.query(`SELECT id FROM deliveries WHERE id = $1 FOR UPDATE`, [stormId]);
  }

  /**
   * Tells the summary that something is to be shown: at once when no other member is open any more, else when it is looked
   * at next. Resolves with the number of the event, or undefined when there is no such storm.
   */
  async tell(
    tx: Transaction,
    stormId: string,
    { memberId, ends }: StormNews,
    now: Date,
  ): Promise<{ seq: number; dueAt: Date | null } | undefined> {
    const rows = await tx.query<{ seq: number; dueAt: Date | null }>(
      `UPDATE deliveries SET accepted_seq = accepted_seq + 1, owed_since = COALESCE(owed_since, $2),
              due_at = CASE WHEN parked OR (due_at IS NOT NULL AND (failures > 0 OR NOT ($3 AND ${IS_LAST}))) THEN due_at
                            ELSE LEAST(due_at, $2) END
       WHERE id = $1 AND subject_type = 'storm' RETURNING accepted_seq AS seq, due_at AS "dueAt"`,
      [stormId, now, ends, memberId],
    );
    return rows[0];
  }

  /** The storm is over: it takes in nothing any more. */
  async end(tx: Transaction, stormId: string, integrationId: string): Promise<void> {
    await tx.query(
      `UPDATE integrations SET storm_id = NULL, storm_until = NULL WHERE id = $2 AND storm_id = $1`,
      [stormId, integrationId],
    );
  }
}
