import { Column, Entity, PrimaryColumn } from 'typeorm';

/** How fast one thing at a sink may be called by all dispatchers together: until when its places are given away, and used. */
@Entity('sink_paces')
export class SinkPaceEntity {
  @PrimaryColumn('text') key!: string;
  @Column('timestamptz') takenUntil!: Date;
  @Column('timestamptz') usedUntil!: Date;
  /** What those who came late have pushed the line, in all: a place is due so much later than it says. */
  @Column('interval', { default: '00:00:00' }) shifted!: string;
  /** What a call takes, as seen of late, in milliseconds. */
  @Column('integer', { default: 0 }) callMs!: number;
}

/** What the last background audit of an integration's ledger found. */
@Entity('ledger_audits')
export class LedgerAuditEntity {
  @PrimaryColumn('text') integrationId!: string;
  @Column('timestamptz') auditedAt!: Date;
  @Column('boolean') balanced!: boolean;
  /** Accepted units by recount, less the sum of all ends. */
  @Column('integer') difference!: number;
}
