import { In } from 'typeorm';
import type { Queryable, Transaction } from '../database.js';
import { DeliveryEntity, IssueEntity, NotificationEntity } from '../entities/index.js';
import { Conditions, filtered, type DeliveryFilter, type RowCursor } from './delivery-filter.js';
import type { DeliveryProgress } from './delivery.store.js';

/** What of deliveries is to be replayed: one, what a filter selects, or what had to do with a span of time. */
export type ReplaySelection =
  { readonly deliveryId: string } | { readonly filter: DeliveryFilter } | { readonly since: Date };

/** A delivery that is meant. */
export interface ReplayCandidate extends RowCursor {
  readonly subjectType: 'issue' | 'notification';
  readonly subjectId: string;
}

/** Reads and writes what a replay looks at. Summaries of storms are left out everywhere. */
export class ReplayStore {
  /** The deliveries that are meant, oldest first: at most `limit`, from after that row on. */
  candidates(
    db: Queryable,
    integrationId: string,
    selection: ReplaySelection,
    limit: number,
    after: RowCursor | undefined,
  ): Promise<ReplayCandidate[]> {
    const conditions = new Conditions()
      .add(`delivery.integration_id = ? AND delivery.subject_type <> 'storm'`, integrationId)
      .add('(delivery.created_at, delivery.id) > (?, ?)', after?.createdAt, after?.id);
    if ('deliveryId' in selection) conditions.add('delivery.id = ?', selection.deliveryId);
    else if ('filter' in selection) filtered(conditions, selection.filter);
    else {
      const { since } = selection;
      // What happened to its issue since then is looked at, too: of what is parked the row itself does not change.
      conditions.add(
        '(delivery.created_at >= ? OR delivery.updated_at >= ? OR issue.updated_at >= ?)',
        since,
        since,
        since,
      );
    }
    const most = conditions.number(limit);
    return db.query<ReplayCandidate>(
      `SELECT delivery.id, delivery.created_at AS "createdAt", delivery.subject_type AS "subjectType",
              delivery.subject_id AS "subjectId"
       FROM deliveries delivery
       LEFT JOIN issues issue ON delivery.subject_type = 'issue' AND issue.id = delivery.subject_id
       WHERE ${String(conditions)} ORDER BY delivery.created_at, delivery.id LIMIT ${most}`,
      conditions.parameters,
    );
  }

  async read(db: Queryable, ids: readonly string[]): Promise<DeliveryEntity[]> {
    return db.repository(DeliveryEntity).findBy({ id: In([...ids]) });
  }

  /** As `read`, locked until the transaction ends; without those that somebody else has locked. */
  lock(tx: Transaction, ids: readonly string[]): Promise<DeliveryEntity[]> {
    return tx
      .repository(DeliveryEntity)
      .createQueryBuilder('delivery')
      .setLock('pessimistic_write')
      .setOnLocked('skip_locked')
      .where('delivery.id = ANY(:ids)', { ids: [...ids] })
      .orderBy('delivery.id')
      .getMany();
  }

  issues(db: Queryable, ids: readonly string[]): Promise<IssueEntity[]> {
    return db.repository(IssueEntity).findBy({ id: In([...ids]) });
  }

  notifications(db: Queryable, ids: readonly string[]): Promise<NotificationEntity[]> {
    return db.repository(NotificationEntity).findBy({ id: In([...ids]) });
  }

  /** Writes what a replay changed in deliveries that are locked. */
  async write(
    tx: Transaction,
    changes: readonly (DeliveryProgress & { readonly id: string })[],
    now: Date,
  ): Promise<void> {
    if (changes.length === 0) return;
    await tx.query(
      `UPDATE deliveries SET settled_seq = changed."settledSeq", delivered = changed.delivered,
              coalesced = changed.coalesced, rejected = changed.rejected, suppressed = changed.suppressed,
              expired = changed.expired, held_by = changed."heldBy", held_since = changed."heldSince",
              parked = changed.parked, due_at = changed."dueAt", owed_since = changed."owedSince",
              failures = changed.failures, mirror = changed.mirror, updated_at = $2
       FROM jsonb_to_recordset($1::jsonb) AS changed(id text, "settledSeq" integer, delivered integer,
              coalesced integer, rejected integer, suppressed integer, expired integer, "heldBy" text,
              "heldSince" timestamptz, parked boolean, "dueAt" timestamptz, "owedSince" timestamptz,
              failures integer, mirror jsonb)
       WHERE deliveries.id = changed.id`,
      [JSON.stringify(changes), now],
    );
  }

  /**
   * Issues that are open, were opened or updated since then, and that the integration was never owed: at most `limit`, in
   * the order of ids, from after that one on.
   */
  neverOwed(
    db: Queryable,
    projectId: string,
    integrationId: string,
    since: Date,
    limit: number,
    after: string | undefined,
  ): Promise<IssueEntity[]> {
    return db
      .repository(IssueEntity)
      .createQueryBuilder('issue')
      .where(`issue.projectId = :projectId AND issue.status = 'open' AND issue.updatedAt >= :since`, {
        projectId,
        since,
      })
      .andWhere('issue.id > :after AND (issue.drillOf IS NULL OR issue.drillOf = :integrationId)', {
        after: after ?? '',
        integrationId,
      })
      .andWhere(
        `NOT EXISTS (SELECT 1 FROM deliveries owed WHERE owed.integration_id = :integrationId
                       AND owed.subject_type = 'issue' AND owed.subject_id = issue.id)`,
      )
      .orderBy('issue.id')
      .limit(limit)
      .getMany();
  }

  /** Owes the newest event of each issue, as it is by then. Resolves with the deliveries that were made. */
  async oweNewest(
    tx: Transaction,
    integrationId: string,
    issueIds: readonly string[],
    now: Date,
  ): Promise<{ id: string; issueId: string }[]> {
    return tx.query(
      `INSERT INTO deliveries (id, integration_id, sink, subject_type, subject_id, first_seq, accepted_seq,
                               settled_seq, mirror, due_at, owed_since, created_at, updated_at)
       SELECT left(md5(integration.id || ':' || issue.id), 20), integration.id, integration.sink, 'issue', issue.id,
              issue.event_count, issue.event_count, issue.event_count - 1, '{}', $3, $3, $3, $3
       FROM issues issue JOIN integrations integration ON integration.id = $1 AND integration.status = 'active'
       WHERE issue.id = ANY($2) AND issue.status = 'open' ORDER BY issue.id
       ON CONFLICT (integration_id, subject_type, subject_id) DO NOTHING
       RETURNING id, subject_id AS "issueId"`,
      [integrationId, issueIds, now],
    );
  }
}
