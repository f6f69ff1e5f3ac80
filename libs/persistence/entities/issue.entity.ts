import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { Issue, IssueEventType, IssueStatus, Notification, Severity } from '../../domain/index.js';

@Entity('issues')
@Index('issues_open_key', ['projectId', 'key'], { unique: true, where: `status = 'open'` })
@Index('issues_listing', ['projectId', 'id'])
@Index('issues_key', ['projectId', 'key', 'openedAt'])
@Index('issues_cluster', ['clusterId'])
@Index('issues_closed', ['closedAt'], { where: `status = 'closed'` })
export class IssueEntity implements Issue {
  @PrimaryColumn('text') id!: string;
  @Column('text') projectId!: string;
  @Column('text') key!: string;
  @Column('text') kind!: string;
  @Column('text') status!: IssueStatus;
  @Column('text') severity!: Severity;
  @Column('text', { nullable: true }) clusterId!: string | null;
  @Column('text', { nullable: true }) nodeId!: string | null;
  @Column('text') message!: string;
  @Column('timestamptz') openedAt!: Date;
  @Column('timestamptz') updatedAt!: Date;
  @Column('timestamptz', { nullable: true }) closedAt!: Date | null;
  @Column('integer') eventCount!: number;
  /** When somebody said that they have seen it; null when nobody has, or took it back. */
  @Column('timestamptz', { nullable: true }) acknowledgedAt!: Date | null;
  /** Who: their address or name at that time. */
  @Column('text', { nullable: true }) acknowledgedBy!: string | null;
  /** Of a fire drill: the one integration that it concerns. */
  @Column('text', { nullable: true }) drillOf!: string | null;
}

@Entity('issue_events')
export class IssueEventEntity {
  @PrimaryColumn('text') issueId!: string;
  @PrimaryColumn('integer') seq!: number;
  @Column('text') event!: IssueEventType;
  @Column('text') severity!: Severity;
  @Column('text') message!: string;
  @Column('timestamptz') time!: Date;
  @Column('timestamptz') acceptedAt!: Date;
}

@Entity('notifications')
@Index('notifications_listing', ['projectId', 'id'])
@Index('notifications_age', ['acceptedAt'])
export class NotificationEntity implements Notification {
  @PrimaryColumn('text') id!: string;
  @Column('text') projectId!: string;
  @Column('text', { nullable: true }) clusterId!: string | null;
  @Column('text') severity!: Severity;
  @Column('text', { nullable: true }) title!: string | null;
  @Column('text') message!: string;
  @Column('timestamptz') acceptedAt!: Date;
  /** The integration that it is about, and that it therefore does not go through. */
  @Column('text', { nullable: true }) exceptFor!: string | null;
  /** Of a fire drill: the one integration that it concerns. */
  @Column('text', { nullable: true }) drillOf!: string | null;
  /** The hub's own word on its state, or on what was held back: silences and windows let it pass. */
  @Column('boolean', { default: false }) isNotice!: boolean;
}
