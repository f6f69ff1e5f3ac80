import type { Queryable, Transaction } from '../database.js';

/** How many due deliveries are wanted at most. */
export interface Share {
  readonly perIntegration: number;
  readonly inAll: number;
}

export interface DueDelivery {
  readonly id: string;
  readonly sink: string;
  readonly integrationId: string;
  /** It does not wait among the others of its integration: a summary, which stands for many of them. */
  readonly first?: boolean;
}

/** What integrations owe and nobody works on: found when it is due, put off, let go, or given up. */
export class BacklogStore {
  /**
   * What is due and has no owner: at most `share` of it, the oldest of each integration, so that the backlog of one does
   * not hide what others owe. Each row also says how many are due in all.
   */
  due(
    db: Queryable,
    sinks: readonly string[],
    before: Date,
    now: Date,
    share: Share,
  ): Promise<(DueDelivery & { readonly dueInAll: number })[]> {
    return db.query(
      `SELECT id, sink, "integrationId", first, "dueInAll" FROM (
         SELECT id, sink, subject_type = 'storm' AS first, integration_id AS "integrationId", due_at, count(*) OVER ()::int AS "dueInAll",
                row_number() OVER (PARTITION BY integration_id ORDER BY due_at) AS place
         FROM deliveries
         WHERE due_at <= $1 AND sink = ANY($2) AND (lease_until IS NULL OR lease_until <= $3)
       ) AS ranked WHERE place <= $4 ORDER BY place, due_at LIMIT $5`,
      [before, sinks, now, share.perIntegration, share.inAll],
    );
  }

  /** What of one integration is due and has no owner, oldest first. */
  dueOf(db: Queryable, integrationId: string, now: Date, limit: number): Promise<DueDelivery[]> {
    return db.query<DueDelivery>(
      `SELECT id, sink, integration_id AS "integrationId", subject_type = 'storm' AS first FROM deliveries
       WHERE integration_id = $1 AND due_at <= $2 AND (lease_until IS NULL OR lease_until <= $2)
       ORDER BY due_at LIMIT $3`,
      [integrationId, now, limit],
    );
  }

  /**
   * Puts off what could not even be claimed, by 2 s and then twice as long each time up to 5 min, unless somebody else
   * has claimed it meanwhile.
   */
  async postpone(db: Queryable, id: string, now: Date): Promise<void> {
    await db.query(
      `UPDATE deliveries SET failures = failures + 1,
              due_at = $2::timestamptz + LEAST(300, 2 ^ LEAST(failures + 1, 9)) * interval '1 second'
       WHERE id = $1 AND due_at <= $2 AND (lease_until IS NULL OR lease_until <= $2)`,
      [id, now],
    );
  }

  /**
   * Ends everything an integration still owes or would look at again, because it was deleted or turned to another source.
   * A call that is under way loses its lease's token, so that its end is not recorded; that it was begun stays written
   * down, for the case that the integration is turned back.
   */
  async suppressAll(tx: Transaction, integrationId: string, now: Date): Promise<void> {
    await tx.query(
      `UPDATE deliveries SET suppressed = suppressed + accepted_seq - settled_seq, settled_seq = accepted_seq,
              last_end = CASE WHEN settled_seq < accepted_seq THEN 'suppressed' ELSE last_end END,
              parked = false, failures = 0, due_at = NULL, owed_since = NULL, lease_token = NULL, updated_at = $2
       WHERE id IN (SELECT id FROM deliveries
                    WHERE integration_id = $1 AND (owed_since IS NOT NULL OR due_at IS NOT NULL OR parked)
                    ORDER BY id FOR UPDATE)`,
      [integrationId, now],
    );
  }
}
