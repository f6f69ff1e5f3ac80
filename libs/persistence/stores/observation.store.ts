import type { Queryable, Transaction } from '../database.js';

/** One round of one cluster as it is kept; what `look` holds is the detection's affair. */
export interface KeptObservation {
  readonly clusterId: string;
  readonly round: string;
  readonly at: Date;
  readonly look: unknown;
}

/** The place after which a page goes on: rounds of one time are ordered by name. */
export interface ObservationCursor {
  readonly at: Date;
  readonly round: string;
}

const COLUMNS = 'cluster_id AS "clusterId", round, at, look';

/** What was seen of clusters, round by round, for as long as it is kept. */
export class ObservationStore {
  /** A round of the same cluster and moment that is there already stays as it is. */
  async append(tx: Transaction, { clusterId, round, at, look }: KeptObservation): Promise<void> {
    await tx.query(
      'INSERT INTO observations (cluster_id, round, at, look) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING',
      [clusterId, round, at, JSON.stringify(look)],
    );
  }

  /** The latest of each of these rounds, of each of these clusters, as far as there are any. */
  latest(
    db: Queryable,
    clusterIds: readonly string[],
    rounds: readonly string[],
  ): Promise<KeptObservation[]> {
    return db.query<KeptObservation>(
      `SELECT latest.* FROM unnest($1::text[]) AS wanted(id), unnest($2::text[]) AS kind(name),
       LATERAL (SELECT ${COLUMNS} FROM observations
                WHERE cluster_id = wanted.id AND round = kind.name ORDER BY at DESC LIMIT 1) AS latest`,
      [clusterIds, rounds],
    );
  }

  /**
   * Forgets rounds before then, of all clusters, the oldest first. Resolves with how many there were; those that another
   * forgets at the same time are not among them.
   */
  async forget(db: Queryable, before: Date, limit: number): Promise<number> {
    const rows = await db.query<{ count: number }>(
      `WITH gone AS (
         DELETE FROM observations WHERE ctid = ANY(ARRAY(
           SELECT ctid FROM observations WHERE at < $1 ORDER BY at LIMIT $2 FOR UPDATE SKIP LOCKED))
         RETURNING 1
       ) SELECT count(*)::integer AS count FROM gone`,
      [before, limit],
    );
    return rows[0]?.count ?? 0;
  }

  /**
   * Those of a time and of these rounds, oldest first. A page reads no more of the index than it returns, however long the
   * range is.
   */
  page(
    db: Queryable,
    { clusterId, rounds, from, to }: ObservationRange,
    { limit, after }: { readonly limit: number; readonly after?: ObservationCursor | undefined },
  ): Promise<KeptObservation[]> {
    return db.query<KeptObservation>(
      `SELECT page.* FROM unnest($2::text[]) AS kind(name),
       LATERAL (SELECT ${COLUMNS} FROM observations
                WHERE cluster_id = $1 AND round = kind.name AND at BETWEEN GREATEST($3, $5::timestamptz) AND $4
                  AND ($5::timestamptz IS NULL OR (at, round) > ($5, $6)) ORDER BY at LIMIT $7) AS page
       ORDER BY at, round LIMIT $7`,
      [clusterId, rounds, from, to, after?.at ?? null, after?.round ?? '', limit],
    );
  }

  /**
   * The latest answers of these endpoints of these nodes among the cluster's last `maxRounds` rounds of that name; what
   * failed in all of them is not there. Reads all those rounds: the bound is also that of the work.
   */
  lastAnswers(
    db: Queryable,
    clusterId: string,
    round: string,
    wanted: readonly { readonly nodeId: string; readonly endpoint: string }[],
    maxRounds: number,
  ): Promise<KeptAnswer[]> {
    return db.query<KeptAnswer>(
      `SELECT DISTINCT ON (wanted.node_id, wanted.endpoint) wanted.node_id AS "nodeId", wanted.endpoint,
              node.value->'observations'->wanted.endpoint AS answer
       FROM (SELECT at, look FROM observations
             WHERE cluster_id = $1 AND round = $2 ORDER BY at DESC LIMIT $3) AS recent,
            json_array_elements(recent.look->'nodes') AS node,
            unnest($4::text[], $5::text[]) AS wanted(node_id, endpoint)
       WHERE node.value->'node'->>'id' = wanted.node_id
         AND node.value->'observations'->wanted.endpoint->>'ok' = 'true'
       ORDER BY wanted.node_id, wanted.endpoint, recent.at DESC`,
      [clusterId, round, maxRounds, wanted.map((one) => one.nodeId), wanted.map((one) => one.endpoint)],
    );
  }
}

/** Rounds of one cluster in a time, both ends included. */
export interface ObservationRange {
  readonly clusterId: string;
  readonly rounds: readonly string[];
  readonly from: Date;
  readonly to: Date;
}

/** What one endpoint of one node answered. */
export interface KeptAnswer {
  readonly nodeId: string;
  readonly endpoint: string;
  readonly answer: unknown;
}
