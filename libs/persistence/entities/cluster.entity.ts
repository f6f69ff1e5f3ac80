import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

export interface ClusterTls {
  caCertificate?: string;
  servername?: string;
  insecure?: boolean;
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
  /** The latest observation of each endpoint, by endpoint (`gossip`, `info`, `stats`). */
  @Column('jsonb', { default: {} }) observations!: Record<string, unknown>;
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
