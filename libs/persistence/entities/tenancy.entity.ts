import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

@Entity('organizations')
export class OrganizationEntity {
  @PrimaryColumn('text') id!: string;
  @Column('text') name!: string;
  /** Whether its resources are closed to whoever signed in without a second factor. */
  @Column('boolean', { default: false }) mfaEnabled!: boolean;
  /** Domain that addresses of invited people must have: `example.com`; null for any. */
  @Column('text', { nullable: true }) inviteDomain!: string | null;
  @Column('timestamptz') createdAt!: Date;
  @Column('timestamptz', { nullable: true }) deletedAt!: Date | null;
}

@Entity('projects')
@Index('projects_organization', ['organizationId'])
export class ProjectEntity {
  @PrimaryColumn('text') id!: string;
  @Column('text') organizationId!: string;
  @Column('text') name!: string;
  @Column('timestamptz') createdAt!: Date;
  @Column('timestamptz', { nullable: true }) deletedAt!: Date | null;
}

/** What a member may do, from the most to the least. */
export type MemberRole = 'owner' | 'admin' | 'member';

/** An account's place in an organization. */
@Entity('memberships')
@Index('memberships_account', ['accountId'])
export class MembershipEntity {
  @PrimaryColumn('text') organizationId!: string;
  @PrimaryColumn('text') accountId!: string;
  @Column('text') role!: MemberRole;
  /** An inactive member may do nothing, and is still listed. */
  @Column('boolean', { default: true }) active!: boolean;
  @Column('timestamptz') createdAt!: Date;
}

/** Whoever has the code (of which only the SHA-256 is kept) may join. */
@Entity('invites')
@Index('invites_organization', ['organizationId'])
@Index('invites_invited_by', ['invitedBy'])
@Index('invites_code', ['codeHash'], { unique: true })
export class InviteEntity {
  @PrimaryColumn('text') id!: string;
  @Column('text') organizationId!: string;
  /** In lower case. */
  @Column('text') email!: string;
  @Column('text') role!: MemberRole;
  /** The account that made the present code. */
  @Column('text') invitedBy!: string;
  @Column('text') codeHash!: string;
  @Column('timestamptz') createdAt!: Date;
  @Column('timestamptz') expiresAt!: Date;
  @Column('timestamptz', { nullable: true }) acceptedAt!: Date | null;
  @Column('timestamptz', { nullable: true }) revokedAt!: Date | null;
}
