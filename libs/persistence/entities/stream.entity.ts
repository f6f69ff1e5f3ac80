import { Column, Entity, Index, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';
import type { StreamSource } from '../../domain/index.js';
import { wholeNumber } from './whole-number.js';

/** The log lines, or the samples, of one cluster. Its entries are in `stream_entries`, in parts by time (see the migrations). */
@Entity('streams')
@Index('streams_cluster', ['projectId', 'source', 'cluster'], { unique: true })
export class StreamEntity {
  @PrimaryGeneratedColumn('identity', { type: 'integer', generatedIdentity: 'BY DEFAULT' }) id!: number;
  @Column('text') projectId!: string;
  @Column('text') source!: StreamSource;
  /** Id of a registered cluster, or the name of one that is not. */
  @Column('text') cluster!: string;
  /** Whether `cluster` is an id. */
  @Column('boolean') isRegistered!: boolean;
  /** Number of its last entry; 0 before the first. Whoever adds entries holds this row's lock until they are committed. */
  @Column('bigint', { default: 0, transformer: wholeNumber }) lastSeq!: number;
  /** When that was accepted, in milliseconds since 1970; never steps back. */
  @Column('bigint', { default: 0, transformer: wholeNumber }) lastMs!: number;
}

/** How far one integration has settled one stream. */
@Entity('stream_cursors')
@Index('stream_cursors_place', ['integrationId', 'streamId'], { unique: true })
@Index('stream_cursors_stream', ['streamId'])
export class StreamCursorEntity {
  @PrimaryColumn('text') id!: string;
  @Column('text') integrationId!: string;
  @Column('integer') streamId!: number;
  @Column('text') sink!: string;
  /** The last entry that does not concern it, before the first that does. */
  @Column('bigint', { transformer: wholeNumber }) startSeq!: number;
  /** Everything up to here is settled. */
  @Column('bigint', { transformer: wholeNumber }) position!: number;
  /** When that was accepted, in milliseconds since 1970; or earlier. */
  @Column('bigint', { transformer: wholeNumber }) positionMs!: number;
  /** What is settled beyond: a bit for each entry after `position`, the lowest of each byte first. */
  @Column('bytea', { nullable: true }) ahead!: Buffer | null;
  /** The last entry that concerns it; null while more come. */
  @Column('bigint', { nullable: true, transformer: wholeNumber }) endSeq!: number | null;
  @Column('bigint', { default: 0, transformer: wholeNumber }) delivered!: number;
  @Column('bigint', { default: 0, transformer: wholeNumber }) coalesced!: number;
  @Column('bigint', { default: 0, transformer: wholeNumber }) rejected!: number;
  @Column('bigint', { default: 0, transformer: wholeNumber }) suppressed!: number;
  @Column('bigint', { default: 0, transformer: wholeNumber }) expired!: number;
  /** Entries that were owed once more because the cursor was moved back. */
  @Column('bigint', { default: 0, transformer: wholeNumber }) replayed!: number;
  /** What the sink remembers of it. */
  @Column('jsonb', { default: {} }) memory!: Record<string, unknown>;
  @Column('timestamptz') dueAt!: Date;
  /** Failed calls in a row. */
  @Column('integer', { default: 0 }) failures!: number;
  /** When the first of them failed; null while none has. */
  @Column('timestamptz', { nullable: true }) failingSince!: Date | null;
  /** Lanes whose last call got no verdict. */
  @Column('text', { array: true, default: [] }) doubtfulLanes!: string[];
  @Column('text', { nullable: true }) leaseToken!: string | null;
  @Column('timestamptz', { nullable: true }) leaseUntil!: Date | null;
  @Column('timestamptz', { nullable: true }) lastSuccessAt!: Date | null;
  /** When it was told that something expired; null since it has caught up. */
  @Column('timestamptz', { nullable: true }) expiryToldAt!: Date | null;
  @Column('timestamptz') createdAt!: Date;
}

/** An entry that a sink refused for good, or would refuse. */
@Entity('rejected_entries')
@Index('rejected_entries_listing', ['integrationId', 'rejectedAt', 'streamId', 'seq'])
export class RejectedEntryEntity {
  @PrimaryColumn('text') integrationId!: string;
  @PrimaryColumn('integer') streamId!: number;
  @PrimaryColumn('bigint', { transformer: wholeNumber }) seq!: number;
  @Column('bigint', { transformer: wholeNumber }) timeMs!: number;
  @Column('text') node!: string;
  @Column('text') body!: string;
  @Column('text') code!: string;
  @Column('text') reason!: string;
  @Column('timestamptz') rejectedAt!: Date;
}

/** How the polling of a node's log files goes: since when it works, or fails and why. */
@Entity('log_polls')
export class LogPollEntity {
  @PrimaryColumn('text') nodeId!: string;
  @Column('timestamptz') since!: Date;
  /** Null while it works. */
  @Column('text', { nullable: true }) code!: string | null;
  @Column('text', { nullable: true }) reason!: string | null;
}

/** How far a log file of a node has been read over HTTP. */
@Entity('log_file_positions')
export class LogFilePositionEntity {
  @PrimaryColumn('text') nodeId!: string;
  @PrimaryColumn('text') file!: string;
  @Column('bigint', { transformer: wholeNumber }) offset!: number;
  @Column('timestamptz') readAt!: Date;
}
