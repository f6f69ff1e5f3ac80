import type { StreamSource } from '../../domain/index.js';
import type { Queryable, Transaction } from '../database.js';
import type { DueDelivery } from './backlog.store.js';

/** Which stream: of which project and source, and of which cluster, registered or only named. */
export interface StreamKey {
  readonly projectId: string;
  readonly source: StreamSource;
  readonly cluster: string;
}

/** Numbers for new entries of a stream: those up to `lastSeq`, accepted at `acceptedMs`. Its row is locked. */
export interface Numbered {
  readonly id: number;
  readonly lastSeq: number;
  readonly acceptedMs: number;
}

interface NumberedRow {
  readonly id: number;
  readonly last_seq: string;
  readonly last_ms: string;
}

/** Whether an integration takes what comes in for a stream. */
export const CONCERNS = (integration: string, stream: string): string =>
  `${integration}.status = 'active' AND ${integration}.source = ${stream}.source AND ${integration}.project_id = ${stream}.project_id
   AND (COALESCE(jsonb_array_length(${integration}.config->'clusterIds'), 0) = 0 OR ${integration}.config->'clusterIds' ? ${stream}.cluster)`;

/** A call may be made for it now. A failing integration is tried when its probe is due. */
export const MAY_CALL = (integration: string, now: string): string =>
  `${integration}.status = 'active' AND ${integration}.paused_at IS NULL
   AND (${integration}.throttled_until IS NULL OR ${integration}.throttled_until <= ${now})
   AND (${integration}.health <> 'failing' OR ${integration}.probe_at <= ${now})`;

/** Clusters that are not registered, but only named by who sends, of one project and source: each stays for good. */
export const MAX_NAMED_CLUSTERS = 1_000;

/** Streams, and who is owed what comes in. */
export class StreamStore {
  /** Kinds of the sinks that take streams. */
  constructor(private readonly kinds: readonly string[]) {}

  /** The id of the registered cluster that is meant; undefined when it is only a name. */
  async registered(db: Queryable, projectId: string, cluster: string): Promise<string | undefined> {
    const rows = await db.query<{ id: string }>(
      `SELECT id FROM clusters WHERE project_id = $1 AND deleted_at IS NULL AND (id = $2 OR name = $2)
       ORDER BY id = $2 DESC, id LIMIT 1`,
      [projectId, cluster],
    );
    return rows[0]?.id;
  }

  /**
   * Takes numbers for so many entries. The row stays locked until the transaction ends, so that a stream's entries are
   * committed in the order of their numbers, without a gap. Undefined when it would be one more of clusters that are only
   * named than a project may have.
   */
  async number(
    tx: Transaction,
    { projectId, source, cluster }: StreamKey,
    isRegistered: boolean,
    count: number,
    nowMs: number,
  ): Promise<Numbered | undefined> {
    const grow = `SET last_seq = streams.last_seq + $4, last_ms = GREATEST(streams.last_ms, $5)`;
    const key = [projectId, source, cluster, count, nowMs];
    const [known] = await tx.query<NumberedRow>(
      `UPDATE streams ${grow} WHERE project_id = $1 AND source = $2 AND cluster = $3 RETURNING id, last_seq, last_ms`,
      key,
    );
    const [row] = known
      ? [known]
      : await tx.query<NumberedRow>(
          `INSERT INTO streams (project_id, source, cluster, last_seq, last_ms, is_registered)
           SELECT $1::text, $2::text, $3::text, $4::bigint, $5::bigint, $6::boolean
           WHERE $6 OR (SELECT count(*) FROM streams WHERE project_id = $1 AND source = $2 AND NOT is_registered) < ${MAX_NAMED_CLUSTERS}
           ON CONFLICT (project_id, source, cluster) DO UPDATE ${grow} RETURNING id, last_seq, last_ms`,
          [...key, isRegistered],
        );
    return row && { id: row.id, lastSeq: Number(row.last_seq), acceptedMs: Number(row.last_ms) };
  }

  /**
   * Gives every matching integration that has none a cursor that begins after `beforeSeq`. One that had ended, because the
   * cluster did not concern the integration for a while, goes on there: what came meanwhile is not owed. Whoever deletes the
   * integration or turns it to other clusters waits until that is committed: it would not see the cursor, which nobody ended.
   */
  async owe(
    tx: Transaction,
    streamId: number,
    beforeSeq: number,
    beforeMs: number,
    now: Date,
  ): Promise<void> {
    await tx.query(
      `INSERT INTO stream_cursors (id, integration_id, stream_id, sink, start_seq, position, position_ms, due_at, created_at)
       SELECT left(md5(integration.id || ':stream:' || stream.id), 20), integration.id, stream.id, integration.sink, $2, $2, $3, $4, $4
       FROM streams stream JOIN integrations integration ON ${CONCERNS('integration', 'stream')}
       WHERE stream.id = $1 AND integration.sink = ANY($5) AND NOT EXISTS (
         SELECT 1 FROM stream_cursors present WHERE present.integration_id = integration.id
           AND present.stream_id = stream.id AND present.end_seq IS NULL)
       ORDER BY integration.id FOR SHARE OF integration
       ON CONFLICT (integration_id, stream_id) DO UPDATE
         SET start_seq = stream_cursors.start_seq + EXCLUDED.position - stream_cursors.end_seq, end_seq = NULL,
             position = EXCLUDED.position, position_ms = EXCLUDED.position_ms, sink = EXCLUDED.sink, due_at = EXCLUDED.due_at
         WHERE stream_cursors.end_seq IS NOT NULL`,
      [streamId, beforeSeq, beforeMs, now, this.kinds],
    );
  }

  /** Cursors of these streams that something can be done for at once. */
  ready(db: Queryable, streamIds: readonly number[], now: Date): Promise<DueDelivery[]> {
    return db.query<DueDelivery>(
      `SELECT DISTINCT ON (cursor.id) cursor.id, cursor.sink, cursor.integration_id AS "integrationId"
       FROM stream_cursors cursor JOIN integrations integration ON integration.id = cursor.integration_id
       WHERE cursor.stream_id = ANY($1) AND cursor.end_seq IS NULL AND cursor.due_at <= $2
         AND (cursor.lease_until IS NULL OR cursor.lease_until <= $2) AND ${MAY_CALL('integration', '$2')}`,
      [streamIds, now],
    );
  }

  /**
   * All cursors that something can be done for at once, those that wait the longest first; of each integration no more than
   * its share, so that one with very many does not hide the others'.
   */
  due(
    db: Queryable,
    now: Date,
    { perIntegration, inAll }: { readonly perIntegration: number; readonly inAll: number },
  ): Promise<DueDelivery[]> {
    return db.query<DueDelivery>(
      `SELECT id, sink, "integrationId" FROM (
         SELECT cursor.id, cursor.sink, cursor.integration_id AS "integrationId", cursor.due_at,
                row_number() OVER (PARTITION BY cursor.integration_id ORDER BY cursor.due_at) AS place
         FROM stream_cursors cursor JOIN integrations integration ON integration.id = cursor.integration_id
         JOIN streams stream ON stream.id = cursor.stream_id
         WHERE cursor.end_seq IS NULL AND cursor.due_at <= $1 AND cursor.position < stream.last_seq
           AND (cursor.lease_until IS NULL OR cursor.lease_until <= $1) AND ${MAY_CALL('integration', '$1')}
       ) AS ranked WHERE place <= $2 ORDER BY place, due_at LIMIT $3`,
      [now, perIntegration, inAll],
    );
  }
}
