import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { Severity } from '../../domain/index.js';

/** A rule of a project: an event that it fits raises a notification. */
@Entity('event_rules')
@Index('event_rules_project', ['projectId', 'id'])
export class EventRuleEntity {
  @PrimaryColumn('text') id!: string;
  @Column('text') organizationId!: string;
  @Column('text') projectId!: string;
  /** Empty when nobody gave one. */
  @Column('text') description!: string;
  /** Id or name of a cluster; null for all. */
  @Column('text', { nullable: true }) cluster!: string | null;
  /** Class of the event. */
  @Column('text') name!: string;
  /** Tag `function` of the event; null for any. */
  @Column('text', { nullable: true }) function!: string | null;
  /** Conditions that must all hold. */
  @Column('jsonb') matcher!: unknown[];
  @Column('text') severity!: Severity;
  /** Templates; null for no title. */
  @Column('text', { nullable: true }) title!: string | null;
  @Column('text') message!: string;
  @Column('boolean') isEnabled!: boolean;
  /** Notifications within any minute, at most. */
  @Column('integer') maxPerMinute!: number;
  /** When the last ones were raised, in milliseconds since 1970; those of more than a minute ago do not matter. */
  @Column('bigint', { array: true, default: [] }) recent!: string[];
  /** Events that raised nothing because of `maxPerMinute`, since one was told with a notification. */
  @Column('integer', { default: 0 }) heldBack!: number;
  /** When the first of them came; null while there is none. */
  @Column('timestamptz', { nullable: true }) heldSince!: Date | null;
  @Column('timestamptz') createdAt!: Date;
  @Column('timestamptz') updatedAt!: Date;
}
