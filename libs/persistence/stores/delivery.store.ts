import type { Queryable } from '../database.js';
import type { AttemptEntity, DeliveryEntity } from '../entities/index.js';
import { Statement } from '../statement.js';

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

/** A row as it was read: it is changed only while it still is that. */
export interface Version {
  readonly id: string;
  readonly version: string;
}

/** What is written down before a call. Until `leaseUntil` nobody else touches the delivery; then the sweeper finds it. */
export interface Begin extends Version {
  readonly call: object;
  readonly mirror: object;
  readonly stormId: string | null;
  readonly leaseToken: string;
  readonly leaseUntil: Date;
}

/** What a look decided that led to no call. */
export interface Rest extends Version {
  readonly progress: DeliveryProgress;
  readonly now: Date;
  /** The place in the sink's pace that it waits for. */
  readonly slotAt?: Date | null;
  /** The number of the storm's event by which its summary knows the issue as it is. */
  readonly stormSeq?: number | null;
}

/** How a call ended that was begun with this token, when so much had been accepted. */
export interface Ended {
  readonly id: string;
  readonly leaseToken: string;
  readonly claimedSeq: number;
  readonly progress: DeliveryProgress;
  readonly attempt: AttemptEntity;
  readonly now: Date;
}

/**
 * Rows of deliveries and their attempts. They are claimed by compare-and-set, one statement each, and owned by one at a
 * time, by a lease with a token that fences late writers.
 */
export class DeliveryStore {
  /** Writes down that a call begins. Resolves with whether the row was still as it was read. */
  async begin(db: Queryable, { call, mirror, ...begin }: Begin): Promise<boolean> {
    const parameters = { ...begin, call: JSON.stringify(call), mirror: JSON.stringify(mirror) };
    return (await BEGIN.run(db, parameters)).length > 0;
  }

  /**
   * Stores what a look without a call decided; what a silence or window holds back is noted for the sum at its end.
   * Resolves with whether the row was still as it was read.
   */
  async rest(db: Queryable, { progress, ...rest }: Rest): Promise<boolean> {
    const { mirror } = progress;
    const parameters = { slotAt: null, stormSeq: null, ...rest, ...progress, mirror: JSON.stringify(mirror) };
    return (await REST.run(db, parameters)).length > 0;
  }

  /**
   * Stores how a call ended and its attempt, if the lease is still ours. What was accepted meanwhile makes the
   * delivery due again at once, unless it has to wait for a verdict. Resolves with the time it is due next, or undefined
   * when the lease was lost.
   */
  async record(db: Queryable, ended: Ended): Promise<{ dueAt: Date | null } | undefined> {
    const { id, leaseToken, claimedSeq, progress, attempt, now } = ended;
    const rows = await RECORD.run(db, {
      ...attempt,
      ...progress,
      requestShape: attempt.requestShape && JSON.stringify(attempt.requestShape),
      mirror: JSON.stringify(progress.mirror),
      attemptId: attempt.id,
      id,
      leaseToken,
      claimedSeq,
      now,
    });
    return rows[0] ? { dueAt: rows[0].due_at } : undefined;
  }
}

const BEGIN = new Statement<{ id: string }, object>(
  'delivery-begin',
  `UPDATE deliveries SET call = :call, mirror = :mirror, lease_token = :leaseToken, lease_until = :leaseUntil,
          due_at = :leaseUntil, storm_id = :stormId, slot_at = NULL
   WHERE id = :id AND xmin = :version::text::xid RETURNING id`,
);

const PROGRESS = `settled_seq = :settledSeq::int, delivered = :delivered, coalesced = :coalesced, rejected = :rejected,
  suppressed = :suppressed, expired = :expired, parked = :parked::boolean, failures = :failures::int,
  mirror = :mirror::jsonb, last_end = :lastEnd, held_by = :heldBy, held_since = :heldSince, storm_id = :stormId,
  updated_at = :now::timestamptz, call = NULL, lease_token = NULL, lease_until = NULL`;

const REST = new Statement<{ id: string }, object>(
  'delivery-rest',
  `WITH rested AS (
     UPDATE deliveries SET ${PROGRESS}, due_at = :dueAt, owed_since = :owedSince, slot_at = :slotAt,
            storm_seq = COALESCE(:stormSeq, storm_seq)
     WHERE id = :id AND xmin = :version::text::xid RETURNING id, held_by
   ), held AS (
     INSERT INTO held_deliveries (hold_id, delivery_id, held_at)
     SELECT held_by, id, :now::timestamptz FROM rested WHERE held_by <> 'filter'
     ON CONFLICT (hold_id, delivery_id) DO NOTHING
   ) SELECT id FROM rested`,
);

/** Nothing is sent before the verdict is in; then what came in meanwhile is due. */
const DUE_FOR_MORE = `NOT :parked::boolean AND :failures::int = 0 AND :mirror::jsonb->>'pending' IS NULL
  AND (accepted_seq > :claimedSeq::int OR (accepted_seq > :settledSeq::int AND :dueAt::timestamptz IS NULL))`;

const RECORD = new Statement<{ due_at: Date | null }, object>(
  'delivery-record',
  `WITH done AS (
     UPDATE deliveries SET ${PROGRESS},
            due_at = CASE WHEN ${DUE_FOR_MORE} THEN :now::timestamptz ELSE :dueAt::timestamptz END,
            owed_since = CASE WHEN accepted_seq > :settledSeq::int
                              THEN COALESCE(:owedSince::timestamptz, :now::timestamptz) END
     WHERE id = :id AND lease_token = :leaseToken RETURNING due_at
   ), attempted AS (
     INSERT INTO attempts (id, delivery_id, integration_id, action, seq, outcome, code, reason, http_status,
                           request_digest, started_at, duration_ms, request_shape, answer, next_try_at)
     SELECT :attemptId, :id, :integrationId, :action, :seq, :outcome, :code, :reason, :httpStatus, :requestDigest,
            :startedAt, :durationMs, :requestShape::jsonb, :answer, (SELECT due_at FROM done)
     ON CONFLICT (id) DO NOTHING
   ) SELECT due_at FROM done`,
);
