import type { Transaction, Queryable } from '../database.js';
import { AttemptEntity, DeliveryEntity } from '../entities/index.js';

/** What the end of a call, or of a look that needed none, changes in a delivery's row. */
export type DeliveryProgress = Pick<
  DeliveryEntity,
  | 'settledSeq'
  | 'delivered'
  | 'coalesced'
  | 'rejected'
  | 'suppressed'
  | 'expired'
  | 'parked'
  | 'dueAt'
  | 'owedSince'
  | 'failures'
  | 'mirror'
  | 'lastEnd'
  | 'heldBy'
  | 'heldSince'
  | 'stormId'
>;

/** Rows of deliveries and their attempts: claimed by one owner at a time, by a lease with a token that fences late writers. */
export class DeliveryStore {
  /** The row, locked until the transaction ends; undefined when there is none, or another owner has it. */
  async lock(tx: Transaction, id: string, now: Date): Promise<DeliveryEntity | undefined> {
    const row = await tx
      .repository(DeliveryEntity)
      .createQueryBuilder('delivery')
      .setLock('pessimistic_write')
      .setOnLocked('skip_locked')
      .where('delivery.id = :id AND (delivery.leaseUntil IS NULL OR delivery.leaseUntil <= :now)', {
        id,
        now,
      })
      .getOne();
    return row ?? undefined;
  }

  /** Writes down that a call begins. Until `leaseUntil` nobody else touches the delivery; then the sweeper finds it. */
  async begin(
    tx: Transaction,
    id: string,
    call: object,
    mirror: object,
    leaseToken: string,
    leaseUntil: Date,
  ): Promise<void> {
    await tx.query(
      `UPDATE deliveries SET call = $2, mirror = $3, lease_token = $4, lease_until = $5, due_at = $5 WHERE id = $1`,
      [id, JSON.stringify(call), JSON.stringify(mirror), leaseToken, leaseUntil],
    );
  }

  /** Stores what a look without a call decided. */
  async rest(tx: Transaction, id: string, progress: DeliveryProgress, now: Date): Promise<void> {
    await tx.query(
      `UPDATE deliveries SET call = NULL, lease_token = NULL, lease_until = NULL, ${PROGRESS} WHERE id = $1`,
      [id, ...progressValues(progress), now],
    );
  }

  /**
   * Stores how a call ended and its attempt, if the lease is still ours. An event accepted meanwhile makes the
   * delivery due again at once. Resolves with the time it is due next, or undefined when the lease was lost.
   */
  async record(
    db: Queryable,
    id: string,
    leaseToken: string,
    claimedSeq: number,
    progress: DeliveryProgress,
    attempt: AttemptEntity,
    now: Date,
  ): Promise<{ dueAt: Date | null } | undefined> {
    const rows = await db.query<{ due_at: Date | null }>(
      `WITH done AS (
         UPDATE deliveries SET call = NULL, lease_token = NULL, lease_until = NULL, ${PROGRESS_WHILE_CALLED}
         WHERE id = $1 AND lease_token = $18 RETURNING due_at
       ), attempted AS (
         INSERT INTO attempts (id, delivery_id, integration_id, action, seq, outcome, code, reason, http_status,
                               request_digest, started_at, duration_ms, request_shape, answer, next_try_at)
         SELECT $20, $1, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31::jsonb, $32, (SELECT due_at FROM done)
         ON CONFLICT (id) DO NOTHING
       ) SELECT due_at FROM done`,
      [
        id,
        ...progressValues(progress),
        now,
        leaseToken,
        claimedSeq,
        attempt.id,
        attempt.integrationId,
        attempt.action,
        attempt.seq,
        attempt.outcome,
        attempt.code,
        attempt.reason,
        attempt.httpStatus,
        attempt.requestDigest,
        attempt.startedAt,
        attempt.durationMs,
        attempt.requestShape && JSON.stringify(attempt.requestShape),
        attempt.answer,
      ],
    );
    return rows[0] ? { dueAt: rows[0].due_at } : undefined;
  }
}

const COUNTERS = `settled_seq = $2, delivered = $3, coalesced = $4, rejected = $5, suppressed = $6, expired = $7,
  parked = $8, failures = $11, mirror = $12, last_end = $13, held_by = $14, held_since = $15, storm_id = $16,
  updated_at = $17`;
const PROGRESS = `${COUNTERS}, due_at = $9, owed_since = $10`;
const PROGRESS_WHILE_CALLED = `${COUNTERS},
  due_at = CASE WHEN accepted_seq > $19 AND NOT $8 AND $11 = 0 THEN $17 ELSE $9::timestamptz END,
  owed_since = CASE WHEN accepted_seq > $2 THEN COALESCE($10::timestamptz, $17) ELSE NULL END`;

function progressValues(progress: DeliveryProgress): unknown[] {
  return [
    progress.settledSeq,
    progress.delivered,
    progress.coalesced,
    progress.rejected,
    progress.suppressed,
    progress.expired,
    progress.parked,
    progress.dueAt,
    progress.owedSince,
    progress.failures,
    JSON.stringify(progress.mirror),
    progress.lastEnd,
    progress.heldBy,
    progress.heldSince,
    progress.stormId,
  ];
}
