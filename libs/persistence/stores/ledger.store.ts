import type { Source } from '../../domain/index.js';
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
  readonly source: Source;
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

const STREAMS = `FROM stream_cursors cursor JOIN streams stream ON stream.id = cursor.stream_id
  JOIN integrations integration ON integration.id = cursor.integration_id`;
const ACCEPTED = 'COALESCE(cursor.end_seq, stream.last_seq) - cursor.start_seq + cursor.replayed';
/** Entries that wait. */
export const STREAM_OWED = `(COALESCE(cursor.end_seq, stream.last_seq) - cursor.position - COALESCE(bit_count(cursor.ahead), 0))`;
/** When the first of them was accepted: it is the one right after the position. */
export const STREAM_OLDEST = `(SELECT entry.accepted_ms FROM stream_entries entry WHERE entry.stream_id = cursor.stream_id
  AND entry.accepted_ms >= cursor.position_ms AND entry.seq = cursor.position + 1)`;
/** They wait for the integration itself. */
export const STREAM_PARKED = `(integration.health = 'failing' OR integration.paused_at IS NOT NULL)`;
const STREAM_SETTLED =
  'cursor.delivered + cursor.coalesced + cursor.rejected + cursor.suppressed + cursor.expired';
/** Entries that wait, counted one by one where they are stored. */
const STREAM_STORED = `CASE WHEN cursor.end_seq IS NOT NULL THEN 0 ELSE
  (SELECT count(*) FROM stream_entries entry WHERE entry.stream_id = cursor.stream_id
     AND entry.accepted_ms >= cursor.position_ms AND entry.seq > cursor.position) - COALESCE(bit_count(cursor.ahead), 0) END`;
const summed = (units: string): string => `COALESCE(sum(${units}), 0)::float8`;
const STREAM_ACCEPTED = summed(ACCEPTED);
const STREAM_ENDS = `
  ${summed('cursor.delivered')} AS delivered, ${summed('cursor.coalesced')} AS coalesced,
  ${summed('cursor.rejected')} AS rejected, ${summed('cursor.suppressed')} AS suppressed,
  ${summed('cursor.expired')} AS expired,
  ${summed(`CASE WHEN ${STREAM_PARKED} THEN ${STREAM_OWED} ELSE 0 END`)} AS parked,
  ${summed(`CASE WHEN ${STREAM_PARKED} THEN 0 ELSE ${STREAM_OWED} END`)} AS "inFlight"`;

export class LedgerStore {
  /**
   * One integration's ledger by what its units are of, from the rows as they are in one snapshot. What was accepted is
   * read off the issues' numbers of events, so that it costs no look at the events themselves.
   */
  async of(db: Queryable, integrationId: string): Promise<(LedgerRow & { source: Source })[]> {
    // One part for each type: to group them the rows would be sorted.
    return db.query(
      `SELECT 'issues' AS source, ${ENDS},
              COALESCE(sum(LEAST(issue.event_count, delivery.accepted_seq) - delivery.first_seq + 1)
                         FILTER (WHERE issue.id IS NOT NULL), 0)::int AS accepted
       FROM deliveries delivery LEFT JOIN issues issue ON issue.id = delivery.subject_id
       WHERE delivery.integration_id = $1 AND delivery.subject_type = 'issue'
       UNION ALL
       SELECT 'notifications' AS source, ${ENDS}, count(notification.id)::int AS accepted
       FROM deliveries delivery LEFT JOIN notifications notification ON notification.id = delivery.subject_id
       WHERE delivery.integration_id = $1 AND delivery.subject_type = 'notification'
       UNION ALL
       SELECT stream.source, ${STREAM_ENDS}, ${STREAM_ACCEPTED} AS accepted ${STREAMS}
       WHERE cursor.integration_id = $1 GROUP BY stream.source`,
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
         UNION ALL
         SELECT cursor.id, ${STREAM_SETTLED} + ${STREAM_STORED} AS accounted, ${ACCEPTED} AS accepted
         ${STREAMS} WHERE cursor.integration_id = $1
       ) SELECT COALESCE(sum(accepted), 0)::float8 AS accepted, COALESCE(sum(accounted), 0)::float8 AS accounted,
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
              delivery.subject_type || 's' AS source,
              sum(delivery.accepted_seq - delivery.first_seq + 1)::int AS accepted, ${ENDS}
       FROM integrations integration
       JOIN deliveries delivery ON delivery.integration_id = integration.id AND delivery.subject_type <> 'storm'
       LEFT JOIN ledger_audits audit ON audit.integration_id = integration.id
       WHERE integration.status = 'active'
       GROUP BY integration.id, integration.sink, audit.balanced, delivery.subject_type
       UNION ALL
       SELECT cursor.integration_id AS "integrationId", integration.sink, audit.balanced, stream.source,
              ${STREAM_ACCEPTED} AS accepted, ${STREAM_ENDS} ${STREAMS}
       LEFT JOIN ledger_audits audit ON audit.integration_id = integration.id
       WHERE integration.status = 'active'
       GROUP BY cursor.integration_id, integration.sink, audit.balanced, stream.source`,
    );
  }
}
