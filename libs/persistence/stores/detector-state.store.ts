import type { Queryable, Transaction } from '../database.js';

/** First key of our advisory locks on clusters; the second is the cluster's hash. Spells "WTCH". */
const CLUSTER_LOCK = 0x57544348;

/** What a detector remembers of one subject: a node's id, or the empty string for the whole cluster. */
export interface DetectorState {
  readonly detector: string;
  readonly subject: string;
  readonly state: unknown;
}

export interface OpenIssue {
  readonly projectId: string;
  readonly key: string;
  readonly kind: string;
  readonly severity: 'info' | 'warning' | 'critical';
  readonly nodeId: string | null;
}

/** What an evaluation begins with: the cluster as it is now, and what is remembered of it. */
export interface RememberedCluster {
  readonly nodeIds: readonly string[];
  /** Its own settings. */
  readonly detection: Readonly<Record<string, Readonly<Record<string, string | number | boolean>>>>;
  readonly states: readonly DetectorState[];
  /** When the latest kept round of the name was begun. */
  readonly latestAt: Date | null;
}

/** Something that is gone and has left open issues or states behind; without `nodeId` it is the whole cluster. */
export interface Leftover {
  readonly clusterId: string;
  readonly nodeId: string | null;
}

/** What detectors remember, and which issues of a cluster are open. */
export class DetectorStateStore {
  /** Lets one transaction at a time judge this cluster, in all processes, until it ends. */
  async lockCluster(tx: Transaction, clusterId: string): Promise<void> {
    await tx.query('SELECT pg_advisory_xact_lock($1, hashtext($2))', [CLUSTER_LOCK, clusterId]);
  }

  /**
   * The cluster's nodes and settings, the states of these detectors for all subjects, and when the latest kept round of
   * this name was begun; undefined when it was removed.
   * One statement, and one of its own after the lock: it must see what the one before has committed.
   */
  async recall(
    tx: Transaction,
    clusterId: string,
    detectors: readonly string[],
    round: string,
  ): Promise<RememberedCluster | undefined> {
    const rows = await tx.query<RememberedCluster>(
      `SELECT detection, array(SELECT id FROM cluster_nodes WHERE cluster_id = $1 ORDER BY id) AS "nodeIds",
              (SELECT coalesce(json_agg(json_build_object('detector', detector, 'subject', subject, 'state', state)
                                        ORDER BY detector, subject), '[]')
               FROM detector_states WHERE cluster_id = $1 AND detector = ANY($2)) AS states,
              (SELECT max(at) FROM observations WHERE cluster_id = $1 AND round = $3) AS "latestAt"
       FROM clusters WHERE id = $1 AND deleted_at IS NULL`,
      [clusterId, detectors, round],
    );
    return rows[0];
  }

  async save(tx: Transaction, clusterId: string, states: readonly DetectorState[], now: Date): Promise<void> {
    if (states.length === 0) return;
    await tx.query(
      `INSERT INTO detector_states (cluster_id, detector, subject, state, updated_at)
       SELECT $1, detector, subject, state, $3
       FROM jsonb_to_recordset($2::jsonb) AS given(detector text, subject text, state jsonb)
       ON CONFLICT (cluster_id, detector, subject) DO UPDATE
         SET state = EXCLUDED.state, updated_at = EXCLUDED.updated_at`,
      [clusterId, JSON.stringify(states), now],
    );
  }

  /** Forgets what these detectors remember of these subjects. */
  async forgetStates(
    tx: Transaction,
    clusterId: string,
    states: readonly Omit<DetectorState, 'state'>[],
  ): Promise<void> {
    if (states.length === 0) return;
    await tx.query(
      `DELETE FROM detector_states USING jsonb_to_recordset($2::jsonb) AS given(detector text, subject text)
       WHERE cluster_id = $1 AND detector_states.detector = given.detector AND detector_states.subject = given.subject`,
      [clusterId, JSON.stringify(states)],
    );
  }

  /** Forgets what is remembered of the cluster, or of these nodes only. */
  async forget(tx: Transaction, clusterId: string, nodeIds?: readonly string[]): Promise<void> {
    await tx.query(
      'DELETE FROM detector_states WHERE cluster_id = $1 AND ($2::text[] IS NULL OR subject = ANY($2))',
      [clusterId, nodeIds ?? null],
    );
  }

  /** Open issues of the cluster, or of these nodes only, whoever reported them. */
  openIssues(tx: Transaction, clusterId: string, nodeIds?: readonly string[]): Promise<OpenIssue[]> {
    return tx.query<OpenIssue>(
      `SELECT project_id AS "projectId", key, kind, severity, node_id AS "nodeId" FROM issues
       WHERE status = 'open' AND cluster_id = $1 AND ($2::text[] IS NULL OR node_id = ANY($2)) ORDER BY id`,
      [clusterId, nodeIds ?? null],
    );
  }

  /**
   * What removed clusters and nodes have left behind, of one cluster or of all. Nodes only as far as detectors
   * remember them: an external detector may name nodes that were never registered.
   */
  leftovers(db: Queryable, clusterId?: string): Promise<Leftover[]> {
    return db.query<Leftover>(
      `SELECT DISTINCT gone.cluster_id AS "clusterId", NULL AS "nodeId"
       FROM (SELECT cluster_id FROM detector_states
             UNION SELECT cluster_id FROM issues WHERE status = 'open') AS gone
       JOIN clusters ON clusters.id = gone.cluster_id AND clusters.deleted_at IS NOT NULL
       WHERE $1::text IS NULL OR gone.cluster_id = $1
       UNION
       SELECT states.cluster_id, states.subject FROM detector_states AS states
       JOIN clusters ON clusters.id = states.cluster_id AND clusters.deleted_at IS NULL
       LEFT JOIN cluster_nodes AS node ON node.id = states.subject AND node.cluster_id = states.cluster_id
       WHERE states.subject <> '' AND node.id IS NULL AND ($1::text IS NULL OR states.cluster_id = $1)`,
      [clusterId ?? null],
    );
  }
}
