import type { Queryable } from '../database.js';

/** Sums over one integration's deliveries, each a number of units. */
export interface LedgerRow {
  /** Recounted from the facts themselves: issue events and notifications that concern the integration. */
  readonly accepted: number;
  readonly delivered: number;
  readonly coalesced: number;
  readonly rejected: number;
  readonly suppressed: number;
  readonly expired: number;
  readonly parked: number;
  readonly inFlight: number;
}

export class LedgerStore {
  /** One integration's ledger, from the rows as they are in one snapshot. */
  async of(db: Queryable, integrationId: string): Promise<LedgerRow> {
    const rows = await db.query<LedgerRow>(
      `SELECT COALESCE(sum(CASE subject_type
                WHEN 'issue' THEN (SELECT count(*) FROM issue_events event
                                   WHERE event.issue_id = subject_id AND event.seq BETWEEN first_seq AND accepted_seq)
                ELSE (SELECT count(*) FROM notifications WHERE notifications.id = subject_id) END), 0)::int AS accepted,
              COALESCE(sum(delivered), 0)::int AS delivered, COALESCE(sum(coalesced), 0)::int AS coalesced,
              COALESCE(sum(rejected), 0)::int AS rejected, COALESCE(sum(suppressed), 0)::int AS suppressed,
              COALESCE(sum(expired), 0)::int AS expired,
              COALESCE(sum(accepted_seq - settled_seq) FILTER (WHERE parked), 0)::int AS parked,
              COALESCE(sum(accepted_seq - settled_seq) FILTER (WHERE NOT parked), 0)::int AS "inFlight"
       FROM deliveries WHERE integration_id = $1`,
      [integrationId],
    );
    return rows[0]!;
  }
}
