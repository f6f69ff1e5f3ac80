import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { wholeNumber } from './whole-number.js';

export interface ClusterTls {
  caCertificate?: string;
  servername?: string;
  insecure?: boolean;
}

/** `defunct` when its instances could not be provisioned. */
export type ClusterStatus = 'available' | 'defunct';

/** What the platform last reported of one step; `at` is RFC 3339. */
export interface ProvisioningReport {
  readonly outcome: 'failed' | 'succeeded';
  readonly at: string;
}

@Entity('clusters')
@Index('clusters_project', ['projectId'])
export class ClusterEntity {
  @PrimaryColumn('text') id!: string;
  @Column('text') projectId!: string;
  @Column('text') name!: string;
  @Column('jsonb') tls!: ClusterTls;
  /** Sealed `{"username","password"}`; null when the nodes are polled without credentials. */
  @Column('text', { nullable: true }) credentials!: string | null;
  /** Its own thresholds and windows, by kind of issue; what is absent is as the hub has it. */
  @Column('jsonb', { default: {} }) detection!: Record<string, Record<string, string | number | boolean>>;
  @Column('text', { default: 'available' }) status!: ClusterStatus;
  /** By step (`instances`, `volumes`). */
  @Column('jsonb', { default: {} }) provisioning!: Record<string, ProvisioningReport>;
  /** Its nodes are asked for their log files, which licensed servers hand out. */
  @Column('boolean', { default: false }) pollsLogs!: boolean;
  @Column('timestamptz') createdAt!: Date;
  @Column('timestamptz') updatedAt!: Date;
  @Column('timestamptz', { nullable: true }) deletedAt!: Date | null;
}

@Entity('cluster_nodes')
@Index('cluster_nodes_cluster', ['clusterId'])
export class ClusterNodeEntity {
  @PrimaryColumn('text') id!: string;
  @Column('text') clusterId!: string;
  @Column('integer') position!: number;
  /** As configured: `https://n1.example.com:2113`. */
  @Column('text') address!: string;
  @Column('integer', { nullable: true }) cores!: number | null;
  /** As an agent on its host counted them; what is registered comes first. */
  @Column('integer', { nullable: true }) reportedCores!: number | null;
  /** Physical memory where the node's own figure is not to be trusted. */
  @Column('bigint', { nullable: true, transformer: wholeNumber }) memoryBytes!: number | null;
}

/** One round of one cluster: what every node said. Kept for a while, so that verdicts can be checked. */
@Entity('observations')
@Index('observations_at', ['at'])
export class ObservationEntity {
  @PrimaryColumn('text') clusterId!: string;
  @PrimaryColumn('text') round!: string;
  @PrimaryColumn('timestamptz') at!: Date;
  /** `{"cluster":{"name"},"nodes":[…]}`; not `jsonb`, because it is only ever read whole. */
  @Column('json') look!: unknown;
}

/** What a detector remembers between two evaluations; survives restarts. */
@Entity('detector_states')
export class DetectorStateEntity {
  @PrimaryColumn('text') clusterId!: string;
  @PrimaryColumn('text') detector!: string;
  /** The node's id, or the empty string for a detector of the whole cluster. */
  @PrimaryColumn('text') subject!: string;
  @Column('jsonb') state!: unknown;
  @Column('timestamptz') updatedAt!: Date;
}
