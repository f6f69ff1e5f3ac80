import type { Queryable } from '../database.js';
import { IS_PARKED } from './delivery-filter.js';

/** Units of one integration from one source, each a number of them. */
export interface LedgerRow {
  /** Recounted from the facts' own rows: the issues and notifications that concern the integration. */
  readonly accepted: number;
  readonly delivered: number;
  readonly coalesced: number;
  readonly rejected: number;
  readonly suppressed: number;
  readonly expired: number;
  readonly parked: number;
  readonly inFlight: number;
}

/** What a deep recount found. */
export interface LedgerRecount {
  readonly accepted: number;
  /** Sum of all ends, of what is parked and of what is in flight. */
  readonly accounted: number;
  /** Deliveries whose own units do not add up, a few of them. */
  readonly unbalanced: readonly string[];
}

export interface MeasuredLedger extends LedgerRow {
  readonly integrationId: string;
  readonly sink: string;
  readonly subjectType: 'issue' | 'notification';
  /** What the last audit of the integration found; null before the first. */
  readonly balanced: boolean | null;
}

const OWED = 'delivery.settled_seq < delivery.accepted_seq';
/** The ends as they stand in the rows. */
const ENDS = `
  COALESCE(sum(delivery.delivered), 0)::int AS delivered, COALESCE(sum(delivery.coalesced), 0)::int AS coalesced,
  COALESCE(sum(delivery.rejected), 0)::int AS rejected, COALESCE(sum(delivery.suppressed), 0)::int AS suppressed,
  COALESCE(sum(delivery.expired), 0)::int AS expired,
  COALESCE(sum(delivery.accepted_seq - delivery.settled_seq)
             FILTER (WHERE ${OWED} AND (${IS_PARKED})), 0)::int AS parked,
  COALESCE(sum(delivery.accepted_seq - delivery.settled_seq)
             FILTER (WHERE ${OWED} AND NOT (${IS_PARKED})), 0)::int AS "inFlight"`;
const ROW_SUM = `delivery.delivered + delivery.coalesced + delivery.rejected + delivery.suppressed + delivery.expired
  + delivery.accepted_seq - delivery.settled_seq`;

export class LedgerStore {
  /**
   * One integration's ledger by what its units are of, from the rows as they are in one snapshot. What was accepted is
   * read off the issues' numbers of events, so that it costs no look at the events themselves.
   */
  async of(
    db: Queryable,
    integrationId: string,
  ): Promise<(LedgerRow & { subjectType: 'issue' | 'notification' })[]> {
    // One part for each type: to group them the rows would be sorted.
    return db.query(
      `SELECT 'issue' AS "subjectType", ${ENDS},
              COALESCE(sum(LEAST(issue.event_count, delivery.accepted_seq) - delivery.first_seq + 1)
                         FILTER (WHERE issue.id IS NOT NULL), 0)::int AS accepted
       FROM deliveries delivery LEFT JOIN issues issue ON issue.id = delivery.subject_id
       WHERE delivery.integration_id = $1 AND delivery.subject_type = 'issue'
       UNION ALL
       SELECT 'notification' AS "subjectType", ${ENDS}, count(notification.id)::int AS accepted
       FROM deliveries delivery LEFT JOIN notifications notification ON notification.id = delivery.subject_id
       WHERE delivery.integration_id = $1 AND delivery.subject_type = 'notification'`,
      [integrationId],
    );
  }

  /** Counts what was accepted event by event, and compares each delivery with it. Takes its time. */
  async recount(db: Queryable, integrationId: string): Promise<LedgerRecount> {
    const rows = await db.query<LedgerRecount>(
      `WITH counted AS MATERIALIZED (
         SELECT delivery.id, ${ROW_SUM} AS accounted,
                CASE delivery.subject_type
                  WHEN 'issue' THEN (SELECT count(*) FROM issue_events event WHERE event.issue_id = delivery.subject_id
                                     AND event.seq BETWEEN delivery.first_seq AND delivery.accepted_seq)
                  ELSE (SELECT count(*) FROM notifications WHERE notifications.id = delivery.subject_id) END AS accepted
         FROM deliveries delivery WHERE delivery.integration_id = $1 AND delivery.subject_type <> 'storm'
       ) SELECT COALESCE(sum(accepted), 0)::int AS accepted, COALESCE(sum(accounted), 0)::int AS accounted,
                ARRAY(SELECT id FROM counted WHERE accepted <> accounted ORDER BY id LIMIT 10) AS unbalanced
         FROM counted`,
      [integrationId],
    );
    return rows[0]!;
  }

  /** The ledgers of all integrations that are not deleted, for the metrics: without a look at the facts. */
  measure(db: Queryable): Promise<MeasuredLedger[]> {
    return db.query<MeasuredLedger>(
      `SELECT integration.id AS "integrationId", integration.sink, audit.balanced,
              delivery.subject_type AS "subjectType",
              sum(delivery.accepted_seq - delivery.first_seq + 1)::int AS accepted, ${ENDS}
       FROM integrations integration
       JOIN deliveries delivery ON delivery.integration_id = integration.id AND delivery.subject_type <> 'storm'
       LEFT JOIN ledger_audits audit ON audit.integration_id = integration.id
       WHERE integration.status = 'active'
       GROUP BY integration.id, integration.sink, audit.balanced, delivery.subject_type`,
    );
  }
}
