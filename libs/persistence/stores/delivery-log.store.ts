import type { IssueStatus, Severity } from '../../domain/index.js';
import type { Queryable } from '../database.js';
import { AttemptEntity, type SubjectType } from '../entities/index.js';
import {
  Conditions,
  filtered,
  OUTCOME,
  type DeliveryFilter,
  type DeliveryOutcome,
  type RowCursor,
} from './delivery-filter.js';

export interface DeliveryLogRow {
  readonly id: string;
  readonly subjectType: SubjectType;
  readonly subjectId: string;
  /** Of an issue. */
  readonly kind: string | null;
  readonly severity: Severity | null;
  readonly status: IssueStatus | null;
  readonly outcome: DeliveryOutcome | null;
  readonly accepted: number;
  readonly delivered: number;
  readonly coalesced: number;
  readonly rejected: number;
  readonly suppressed: number;
  readonly expired: number;
  readonly mirror: Record<string, unknown>;
  readonly heldBy: string | null;
  readonly heldSince: Date | null;
  readonly stormId: string | null;
  readonly dueAt: Date | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** An attempt that the sink refused for good, or that nothing came of in time. */
export type Refusal = Pick<AttemptEntity, 'code' | 'reason' | 'answer' | 'httpStatus' | 'startedAt'>;

const SELECT = `SELECT delivery.id, delivery.subject_type AS "subjectType", delivery.subject_id AS "subjectId",
    issue.kind, COALESCE(issue.severity, notification.severity) AS severity, issue.status, ${OUTCOME} AS outcome,
    CASE delivery.subject_type WHEN 'storm' THEN 0
                               ELSE delivery.accepted_seq - delivery.first_seq + 1 END AS accepted,
    delivery.delivered, delivery.coalesced, delivery.rejected, delivery.suppressed, delivery.expired,
    delivery.mirror, delivery.held_by AS "heldBy", delivery.held_since AS "heldSince",
    delivery.storm_id AS "stormId", delivery.due_at AS "dueAt", delivery.created_at AS "createdAt",
    delivery.updated_at AS "updatedAt"
  FROM deliveries delivery
  LEFT JOIN issues issue ON delivery.subject_type = 'issue' AND issue.id = delivery.subject_id
  LEFT JOIN notifications notification
    ON delivery.subject_type = 'notification' AND notification.id = delivery.subject_id`;
const NEWEST_FIRST = 'ORDER BY delivery.created_at DESC, delivery.id DESC';

/** What integrations owed and what became of it, for people to read. Each list has one row more than `limit`. */
export class DeliveryLogStore {
  /** Newest first. */
  async list(
    db: Queryable,
    integrationId: string,
    filter: DeliveryFilter,
    limit: number,
    after: RowCursor | undefined,
  ): Promise<DeliveryLogRow[]> {
    const conditions = new Conditions().add('delivery.integration_id = ?', integrationId);
    return this.select(db, filtered(conditions, filter), limit, after);
  }

  /** Those of which units were refused or came too late, newest first. Summaries of storms are none. */
  rejected(
    db: Queryable,
    integrationId: string,
    limit: number,
    after: RowCursor | undefined,
  ): Promise<DeliveryLogRow[]> {
    const conditions = new Conditions().add(
      `delivery.integration_id = ? AND (delivery.rejected > 0 OR delivery.expired > 0)
         AND delivery.subject_type <> 'storm'`,
      integrationId,
    );
    return this.select(db, conditions, limit, after);
  }

  async find(db: Queryable, integrationId: string, id: string): Promise<DeliveryLogRow | undefined> {
    const rows = await db.query<DeliveryLogRow>(
      `${SELECT} WHERE delivery.integration_id = $1 AND delivery.id = $2`,
      [integrationId, id],
    );
    return rows[0];
  }

  /** Attempts of a delivery, newest first, from before that one on. */
  attempts(
    db: Queryable,
    deliveryId: string,
    limit: number,
    after: RowCursor | undefined,
  ): Promise<AttemptEntity[]> {
    const query = db
      .repository(AttemptEntity)
      .createQueryBuilder('attempt')
      .where('attempt.deliveryId = :deliveryId', { deliveryId })
      .orderBy('attempt.startedAt', 'DESC')
      .addOrderBy('attempt.id', 'DESC')
      .take(limit + 1);
    if (after)
      query.andWhere('(attempt.startedAt, attempt.id) < (:at, :id)', { at: after.createdAt, id: after.id });
    return query.getMany();
  }

  /** The last attempt of each delivery that was refused; of one without, the last that failed. */
  async refusals(db: Queryable, deliveryIds: readonly string[]): Promise<ReadonlyMap<string, Refusal>> {
    const rows = await db.query<Refusal & { deliveryId: string }>(
      `SELECT delivery.id AS "deliveryId", refused.code, refused.reason, refused.answer,
              refused.http_status AS "httpStatus", refused.started_at AS "startedAt"
       FROM unnest($1::text[]) AS delivery(id)
       JOIN LATERAL (SELECT * FROM attempts WHERE delivery_id = delivery.id AND outcome <> 'delivered' AND code IS DISTINCT FROM 'accepted'
                     ORDER BY (outcome IN ('rejected', 'partial')) DESC, started_at DESC LIMIT 1) refused ON true`,
      [deliveryIds],
    );
    return new Map(rows.map(({ deliveryId, ...refusal }) => [deliveryId, refusal]));
  }

  private select(
    db: Queryable,
    conditions: Conditions,
    limit: number,
    after: RowCursor | undefined,
  ): Promise<DeliveryLogRow[]> {
    conditions.add('(delivery.created_at, delivery.id) < (?, ?)', after?.createdAt, after?.id);
    const most = conditions.number(limit + 1);
    const sql = `${SELECT} WHERE ${String(conditions)} ${NEWEST_FIRST} LIMIT ${most}`;
    return db.query<DeliveryLogRow>(sql, conditions.parameters);
  }
}
