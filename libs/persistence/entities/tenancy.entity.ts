import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

@Entity('organizations')
export class OrganizationEntity {
  @PrimaryColumn('text') id!: string;
  @Column('text') name!: string;
  @Column('boolean', { default: false }) mfaEnabled!: boolean;
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

/** Only the SHA-256 of a refresh token is kept. */
@Entity('refresh_tokens')
@Index('refresh_tokens_hash', ['tokenHash'], { unique: true })
export class RefreshTokenEntity {
  @PrimaryColumn('text') id!: string;
  @Column('text') tokenHash!: string;
  @Column('text') subject!: string;
  @Column('text') label!: string;
  @Column('timestamptz') createdAt!: Date;
  @Column('timestamptz', { nullable: true }) revokedAt!: Date | null;
}
