import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

export type HoldType = 'silence' | 'window';

/** A silence or a maintenance window: while it lasts, what matches is held back. */
@Entity('holds')
@Index('holds_project', ['projectId', 'id'])
@Index('holds_unfinished', ['endedAt'], { where: 'ended_at IS NULL' })
export class HoldEntity {
  @PrimaryColumn('text') id!: string;
  @Column('text') organizationId!: string;
  @Column('text') projectId!: string;
  @Column('text') type!: HoldType;
  /** What people call it, or why it is there. */
  @Column('text') reason!: string;
  /** Which subjects and integrations: an absent member does not restrict. */
  @Column('jsonb') matcher!: Record<string, unknown>;
  /** Of a silence when it begins; of a window before when it does not occur. */
  @Column('timestamptz') fromAt!: Date;
  /** When it is over; of a window null when it goes on for ever. */
  @Column('timestamptz', { nullable: true }) untilAt!: Date | null;
  /** Of a window when it begins, again and again: a cron expression of five fields, in its time zone. */
  @Column('text', { nullable: true }) cron!: string | null;
  @Column('text', { nullable: true }) timeZone!: string | null;
  /** Of a window how long each of its occurrences lasts. */
  @Column('integer', { nullable: true }) durationMs!: number | null;
  @Column('text') author!: string;
  @Column('timestamptz') createdAt!: Date;
  @Column('timestamptz') updatedAt!: Date;
  /** When it ended for good: its time was over and summed up, or somebody ended it. */
  @Column('timestamptz', { nullable: true }) endedAt!: Date | null;
  /** Up to when what it held back was summed up. */
  @Column('timestamptz', { nullable: true }) summedUntil!: Date | null;
  /** How many deliveries it held back by then, each counted once in every occurrence. */
  @Column('integer', { default: 0 }) heldBack!: number;
}

/**
 * That a silence or window held a delivery back, and this is not summed up yet. It stays when the delivery is released,
 * so that what is released in the moment of the end is summed up, too.
 */
@Entity('held_deliveries')
export class HeldDeliveryEntity {
  @PrimaryColumn('text') holdId!: string;
  @PrimaryColumn('text') deliveryId!: string;
  @Column('timestamptz') heldAt!: Date;
}
