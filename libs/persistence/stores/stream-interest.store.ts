import type { Queryable } from '../database.js';
import { Statement } from '../statement.js';

interface Question {
  readonly projectId: string;
  readonly cluster: string;
  readonly sinks: readonly string[];
}

/** A cluster that is not registered concerns those without a list only, whatever ids of removed ones still stand in others'. */
const INTERESTED = new Statement<{ metrics: unknown }, Question>(
  'stream-interest-metrics',
  `SELECT settings->'metrics' AS metrics FROM integrations
   WHERE project_id = :projectId::text AND source = 'metrics' AND status = 'active' AND sink = ANY(:sinks::text[])
     AND (config->'clusterIds' IS NULL OR config->'clusterIds' = '[]'::jsonb
          OR (config->'clusterIds' ? :cluster::text
              AND EXISTS (SELECT 1 FROM clusters
                          WHERE id = :cluster AND project_id = :projectId AND deleted_at IS NULL)))`,
);

/** What of the streams anybody wants: metrics that nobody wants are not worth being stored. */
export class StreamInterestStore {
  /** `streamSinks`: kinds of the sinks that streams are delivered to; integrations with others want nothing. */
  constructor(private readonly streamSinks: readonly string[]) {}

  /** Projects in which anybody wants any metrics: in all others nobody has to be asked about a cluster. */
  async projectsWantingMetrics(db: Queryable): Promise<ReadonlySet<string>> {
    const rows = await db.query<{ project_id: string }>(
      `SELECT DISTINCT project_id FROM integrations
       WHERE source = 'metrics' AND status = 'active' AND sink = ANY($1)`,
      [this.streamSinks],
    );
    return new Set(rows.map((row) => row.project_id));
  }

  /**
   * Names of metrics that integrations want of the cluster beyond the usual ones, sorted; undefined when none wants any
   * metrics of it. `cluster` is a registered cluster's id, or the name of one that is not. Paused integrations count.
   */
  async wantedMetrics(
    db: Queryable,
    projectId: string,
    cluster: string,
  ): Promise<readonly string[] | undefined> {
    const rows = await INTERESTED.run(db, { projectId, cluster, sinks: this.streamSinks });
    return rows.length === 0
      ? undefined
      : [...new Set(rows.flatMap(({ metrics }) => namesIn(metrics)))].sort();
  }
}

const namesIn = (metrics: unknown): string[] =>
  Array.isArray(metrics) ? metrics.filter((name) => typeof name === 'string') : [];
