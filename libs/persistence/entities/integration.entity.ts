import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { Source } from '../../domain/index.js';

export type IntegrationStatus = 'active' | 'deleted';
/** As kept; `paused` is kept apart, so that what was known is known again after it. */
export type IntegrationHealth = 'healthy' | 'degraded' | 'failing';

@Entity('integrations')
@Index('integrations_project', ['projectId', 'source'])
export class IntegrationEntity {
  @PrimaryColumn('text') id!: string;
  @Column('text') organizationId!: string;
  @Column('text') projectId!: string;
  @Column('text') description!: string;
  @Column('text') sink!: string;
  @Column('text') source!: Source;
  /** The public members of `data` besides `sink` and `source`. */
  @Column('jsonb') config!: Record<string, unknown>;
  /** Sealed JSON of the write-only members of `data`. */
  @Column('text') secrets!: string;
  /** Masked forms of the secrets, as shown: `{"tokenDisplay":"****cdef"}`. */
  @Column('jsonb') display!: Record<string, string>;
  /** What is ours beside the contract's data. */
  @Column('jsonb', { default: {} }) settings!: Record<string, unknown>;
  @Column('text') status!: IntegrationStatus;
  @Column('timestamptz') createdAt!: Date;
  @Column('timestamptz') updatedAt!: Date;
  @Column('text', { default: 'healthy' }) health!: IntegrationHealth;
  @Column('text', { nullable: true }) healthCode!: string | null;
  @Column('text', { nullable: true }) healthReason!: string | null;
  @Column('timestamptz', { nullable: true }) healthSince!: Date | null;
  /** What it was failing for, and since when, before it was edited or resumed; until a call shows whether that helped. */
  @Column('text', { nullable: true }) failedCode!: string | null;
  @Column('timestamptz', { nullable: true }) failedSince!: Date | null;
  /** Until when its sink asked to be left alone. */
  @Column('timestamptz', { nullable: true }) throttledUntil!: Date | null;
  /** When a failing integration is tried again with one delivery. */
  @Column('timestamptz', { nullable: true }) probeAt!: Date | null;
  @Column('integer', { default: 0 }) probeFailures!: number;
  /** The one delivery that may go although the integration is failing. */
  @Column('text', { nullable: true }) probeDeliveryId!: string | null;
  /** Calls in a row that went wrong without making it failing. */
  @Column('integer', { default: 0 }) failuresInRow!: number;
  /** When somebody paused it; null when nobody has. */
  @Column('timestamptz', { nullable: true }) pausedAt!: Date | null;
  /** Who: their address or name at that time. */
  @Column('text', { nullable: true }) pausedBy!: string | null;
  /** Why, in their words. */
  @Column('text', { nullable: true }) pausedReason!: string | null;
  /** The storm that takes in what opens now, until then. */
  @Column('text', { nullable: true }) stormId!: string | null;
  @Column('timestamptz', { nullable: true }) stormUntil!: Date | null;
}
