import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

/** Who did what to which resource, when, with which token. The database refuses to change or delete a row. */
@Entity('audit_log')
@Index('audit_log_organization', ['organizationId', 'time', 'seq'])
@Index('audit_log_time', ['time', 'seq'])
@Index('audit_log_account', ['accountId', 'time', 'seq'])
export class AuditEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint' }) seq!: string;
  @Column('timestamptz') time!: Date;
  /** Null for what belongs to no organization, such as an account. */
  @Column('text', { nullable: true }) organizationId!: string | null;
  @Column('text', { nullable: true }) projectId!: string | null;
  /** Who did it; null for an ingest token and for the hub itself. */
  @Column('text', { nullable: true }) accountId!: string | null;
  /** Address or name at that time. */
  @Column('text') who!: string;
  /** The token it was done with; null for a password or the hub itself. */
  @Column('text', { nullable: true }) tokenId!: string | null;
  /** The API that was used: `integrate`, `resources`, `access`, `hub`, `identity`. */
  @Column('text') service!: string;
  /** `integration.created` */
  @Column('text') action!: string;
  /** The resource. */
  @Column('text') urn!: string;
  @Column('text') message!: string;
  /** Names of the members that changed; never a credential's value. */
  @Column('jsonb', { default: [] }) changed!: string[];
  @Column('text', { nullable: true }) requestId!: string | null;
  /** Network address of the caller. */
  @Column('text', { nullable: true }) address!: string | null;
}
