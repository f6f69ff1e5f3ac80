import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { OutcomeKind } from '../../domain/index.js';

/** A `storm` is no fact: it is the one message that sums up many issues, and no unit of the ledger. */
export type SubjectType = 'issue' | 'notification' | 'storm';
export type UnitEnd = 'delivered' | 'coalesced' | 'rejected' | 'suppressed' | 'expired';

/**
 * What one integration owes its sink for one issue or notification: how far it is, what the sink shows (the mirror),
 * and when it is due again. The counters are the ledger's: `acceptedSeq - firstSeq + 1` units were accepted,
 * those up to `settledSeq` have found their end.
 */
@Entity('deliveries')
@Index('deliveries_subject', ['integrationId', 'subjectType', 'subjectId'], { unique: true })
@Index('deliveries_due', ['dueAt'], { where: 'due_at IS NOT NULL' })
@Index('deliveries_due_of', ['integrationId', 'dueAt'], { where: 'due_at IS NOT NULL' })
@Index('deliveries_of_subject', ['subjectId'])
@Index('deliveries_parked', ['integrationId'], { where: 'parked' })
@Index('deliveries_listing', ['integrationId', 'createdAt', 'id'])
@Index('deliveries_refused', ['integrationId', 'createdAt', 'id'], { where: 'rejected > 0 OR expired > 0' })
@Index('deliveries_owed', ['integrationId', 'owedSince'], { where: 'owed_since IS NOT NULL' })
@Index('deliveries_held', ['heldBy'], { where: 'held_by IS NOT NULL' })
@Index('deliveries_storm', ['stormId'], { where: 'storm_id IS NOT NULL' })
export class DeliveryEntity {
  @PrimaryColumn('text') id!: string;
  @Column('text') integrationId!: string;
  @Column('text') sink!: string;
  @Column('text') subjectType!: SubjectType;
  @Column('text') subjectId!: string;
  @Column('integer') firstSeq!: number;
  @Column('integer') acceptedSeq!: number;
  @Column('integer') settledSeq!: number;
  @Column('integer', { default: 0 }) delivered!: number;
  @Column('integer', { default: 0 }) coalesced!: number;
  @Column('integer', { default: 0 }) rejected!: number;
  @Column('integer', { default: 0 }) suppressed!: number;
  @Column('integer', { default: 0 }) expired!: number;
  @Column('boolean', { default: false }) parked!: boolean;
  @Column('timestamptz', { nullable: true }) dueAt!: Date | null;
  /** When the oldest unit that is not settled was accepted, or was let go after it had been parked. */
  @Column('timestamptz', { nullable: true }) owedSince!: Date | null;
  /** Failed attempts in a row. */
  @Column('integer', { default: 0 }) failures!: number;
  @Column('jsonb') mirror!: Record<string, unknown>;
  /** The call that was begun and whose end is not recorded; null between calls. */
  @Column('jsonb', { nullable: true }) call!: Record<string, unknown> | null;
  @Column('text', { nullable: true }) leaseToken!: string | null;
  @Column('timestamptz', { nullable: true }) leaseUntil!: Date | null;
  /** How the units that were settled last ended; null while none was. */
  @Column('text', { nullable: true }) lastEnd!: UnitEnd | null;
  /** What holds the subject back: the id of a silence or window, or `filter`; null when nothing does. */
  @Column('text', { nullable: true }) heldBy!: string | null;
  @Column('timestamptz', { nullable: true }) heldSince!: Date | null;
  /** The storm whose summary shows the issue in place of a message of its own. */
  @Column('text', { nullable: true }) stormId!: string | null;
  /** The number of the storm's event by which its summary came to know the issue as it is. */
  @Column('integer', { nullable: true }) stormSeq!: number | null;
  /** The place in the sink's pace that was given to the next call. */
  @Column('timestamptz', { nullable: true }) slotAt!: Date | null;
  @Column('timestamptz') createdAt!: Date;
  @Column('timestamptz') updatedAt!: Date;
}

/** An attempt that something was wrong with: what was taken without a verdict yet, and what was found open again, is none. */
export const IS_ERROR = `code IS NOT NULL AND code NOT IN ('accepted', 'reopened')`;

/** One call to a sink. */
@Entity('attempts')
@Index('attempts_errors', ['integrationId', 'startedAt'], { where: IS_ERROR })
@Index('attempts_delivery', ['deliveryId', 'startedAt'])
@Index('attempts_age', ['startedAt'])
@Index('attempts_integration', ['integrationId', 'startedAt'])
export class AttemptEntity {
  @PrimaryColumn('text') id!: string;
  @Column('text') deliveryId!: string;
  @Column('text') integrationId!: string;
  /** `open`, `update`, `close`, `recover`, `confirm`, `verify`. */
  @Column('text') action!: string;
  /** Newest event that the call showed. */
  @Column('integer') seq!: number;
  @Column('text') outcome!: OutcomeKind;
  @Column('text', { nullable: true }) code!: string | null;
  @Column('text', { nullable: true }) reason!: string | null;
  @Column('integer', { nullable: true }) httpStatus!: number | null;
  @Column('text', { nullable: true }) requestDigest!: string | null;
  /** Call, members and their lengths; no values, no secret. */
  @Column('jsonb', { nullable: true }) requestShape!: Record<string, unknown> | null;
  /** The beginning of what the sink answered, without secrets. */
  @Column('text', { nullable: true }) answer!: string | null;
  /** When the delivery was due next, as this attempt left it. */
  @Column('timestamptz', { nullable: true }) nextTryAt!: Date | null;
  @Column('timestamptz') startedAt!: Date;
  @Column('integer') durationMs!: number;
}
