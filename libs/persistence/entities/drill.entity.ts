import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

export type DrillStatus = 'running' | 'passed' | 'failed';

/** A fire drill: a synthetic issue through the real path of one integration, and how long each step took. */
@Entity('drills')
@Index('drills_listing', ['integrationId', 'id'])
@Index('drills_running', ['integrationId'], { unique: true, where: "status = 'running'" })
export class DrillEntity {
  @PrimaryColumn('text') id!: string;
  @Column('text') integrationId!: string;
  @Column('text') projectId!: string;
  @Column('text') issueId!: string;
  /** Who asked for it; null when the schedule did. */
  @Column('text', { nullable: true }) startedBy!: string | null;
  @Column('text') status!: DrillStatus;
  /** Each step with its time, in milliseconds. */
  @Column('jsonb', { default: [] }) steps!: Record<string, unknown>[];
  @Column('text', { nullable: true }) reason!: string | null;
  @Column('timestamptz') startedAt!: Date;
  @Column('timestamptz', { nullable: true }) finishedAt!: Date | null;
}
