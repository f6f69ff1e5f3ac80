import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { wholeNumber } from './whole-number.js';

/** Somebody who can sign in. What they may do in an organization is in `memberships`. */
@Entity('accounts')
@Index('accounts_email', ['email'], { unique: true })
@Index('accounts_external', ['externalIssuer', 'externalSubject'], { unique: true })
export class AccountEntity {
  @PrimaryColumn('text') id!: string;
  /** In lower case; null for the built-in operator. */
  @Column('text', { nullable: true }) email!: string | null;
  @Column('text') name!: string;
  /** `scrypt$…`; null when no password opens it. */
  @Column('text', { nullable: true }) passwordHash!: string | null;
  /** Runs the hub: may do everything in every organization. */
  @Column('boolean', { default: false }) isOperator!: boolean;
  @Column('boolean', { default: true }) active!: boolean;
  /** Sealed TOTP secret (base32) for the owner `account:<id>`. */
  @Column('text', { nullable: true }) totpSecret!: string | null;
  /** Null while the secret was handed out and no code of it was seen yet: it asks for nothing then. */
  @Column('timestamptz', { nullable: true }) totpConfirmedAt!: Date | null;
  /** The time step of the last code that was taken; none is taken twice. */
  @Column('bigint', { nullable: true, transformer: wholeNumber }) totpUsedStep!: number | null;
  /** Who they are at the external issuer, once they came from there. */
  @Column('text', { nullable: true }) externalIssuer!: string | null;
  @Column('text', { nullable: true }) externalSubject!: string | null;
  @Column('timestamptz') createdAt!: Date;
  @Column('timestamptz') updatedAt!: Date;
}

/** Only the SHA-256 of a refresh token is kept. */
@Entity('refresh_tokens')
@Index('refresh_tokens_hash', ['tokenHash'], { unique: true })
@Index('refresh_tokens_account', ['accountId', 'revokedAt'])
export class RefreshTokenEntity {
  @PrimaryColumn('text') id!: string;
  @Column('text') tokenHash!: string;
  @Column('text') accountId!: string;
  /** What it is for, in the words of whoever made it. */
  @Column('text') label!: string;
  /** Whether whoever got it had shown a second factor, or needs none (the operator's first token). */
  @Column('boolean', { default: false }) mfa!: boolean;
  /** Whether a sign-in made it; the others were made to be kept, by a name. */
  @Column('boolean', { default: false }) isSignIn!: boolean;
  @Column('timestamptz') createdAt!: Date;
  /** To the minute. */
  @Column('timestamptz', { nullable: true }) lastUsedAt!: Date | null;
  @Column('timestamptz', { nullable: true }) revokedAt!: Date | null;
}

/** What lets a program write facts into one project, and do nothing else. Only the SHA-256 is kept. */
@Entity('ingest_tokens')
@Index('ingest_tokens_hash', ['tokenHash'], { unique: true })
@Index('ingest_tokens_project', ['projectId'])
export class IngestTokenEntity {
  @PrimaryColumn('text') id!: string;
  @Column('text') projectId!: string;
  @Column('text') label!: string;
  @Column('text') tokenHash!: string;
  @Column('timestamptz') createdAt!: Date;
  /** To the minute. */
  @Column('timestamptz', { nullable: true }) lastUsedAt!: Date | null;
  @Column('timestamptz', { nullable: true }) revokedAt!: Date | null;
}

/** A key that signs access tokens, shared by all hubs on this database. */
@Entity('signing_keys')
export class SigningKeyEntity {
  /** Thumbprint of RFC 7638, the `kid` of its tokens. */
  @PrimaryColumn('text') id!: string;
  /** Sealed PKCS#8 in PEM for the owner `signing-key:<id>`. */
  @Column('text') privateKey!: string;
  /** The public part, as the key set shows it. */
  @Column('jsonb') jwk!: Record<string, unknown>;
  @Column('timestamptz') createdAt!: Date;
  /** From then on it signs, until a later one does; before, it is only shown. */
  @Column('timestamptz') signsFrom!: Date;
}

/** Failed passwords and codes of one account, from one network, or of one account from one network. */
@Entity('login_failures')
export class LoginFailureEntity {
  /** What is counted, and of what; `countersOf` in the identity room makes it. */
  @PrimaryColumn('text') key!: string;
  /** When, oldest first, as far back as it matters. */
  @Column('timestamptz', { array: true }) failedAt!: Date[];
  @Column('timestamptz', { nullable: true }) lockedUntil!: Date | null;
}
