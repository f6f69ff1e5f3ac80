import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { OutcomeKind } from '../../domain/index.js';

export type SubjectType = 'issue' | 'notification';

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
  @Column('timestamptz') createdAt!: Date;
  @Column('timestamptz') updatedAt!: Date;
}

/** One call to a sink. */
@Entity('attempts')
@Index('attempts_delivery', ['deliveryId', 'startedAt'])
@Index('attempts_age', ['startedAt'])
export class AttemptEntity {
  @PrimaryColumn('text') id!: string;
  @Column('text') deliveryId!: string;
  @Column('text') integrationId!: string;
  /** `open`, `update`, `close`, `notify`, `recover`. */
  @Column('text') action!: string;
  /** Newest event that the call showed. */
  @Column('integer') seq!: number;
  @Column('text') outcome!: OutcomeKind;
  @Column('text', { nullable: true }) code!: string | null;
  @Column('text', { nullable: true }) reason!: string | null;
  @Column('integer', { nullable: true }) httpStatus!: number | null;
  @Column('text', { nullable: true }) requestDigest!: string | null;
  @Column('timestamptz') startedAt!: Date;
  @Column('integer') durationMs!: number;
}
