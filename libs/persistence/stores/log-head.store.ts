import type { Queryable } from '../database.js';

/** Where a log ends: its last entry, and when that was accepted. */
export interface StreamHead {
  readonly streamId: number;
  readonly seq: number;
  readonly acceptedMs: number;
}

/** A cluster whose log is meant, registered or only named. */
export interface LogKey {
  readonly projectId: string;
  readonly cluster: string;
}

interface HeadRow extends LogKey {
  readonly id: number;
  readonly last_seq: string;
  readonly last_ms: string;
}

/** Finds logs, and where they end. */
export class LogHeadStore {
  /**
   * Whether the project has such a cluster: registered, by its id; or one that is not but has a log, by its name. With the
   * log's end where there is one.
   */
  async find(
    db: Queryable,
    { projectId, cluster }: LogKey,
  ): Promise<{ readonly isKnown: boolean; readonly head: StreamHead | undefined }> {
    const [row] = await db.query<{ isRegistered: boolean } & (HeadRow | { id: null })>(
      `SELECT cluster.id IS NOT NULL AS "isRegistered", stream.id, stream.last_seq, stream.last_ms FROM (SELECT 1) AS one
       LEFT JOIN clusters cluster ON cluster.project_id = $1 AND cluster.id = $2 AND cluster.deleted_at IS NULL
       LEFT JOIN streams stream ON stream.project_id = $1 AND stream.source = 'logs' AND stream.cluster = $2
         AND (cluster.id IS NOT NULL OR NOT stream.is_registered)`,
      [projectId, cluster],
    );
    const head = row && row.id !== null ? headOf(row) : undefined;
    return { isKnown: row?.isRegistered === true || head !== undefined, head };
  }

  /** The ends of these logs, in their order; undefined for one that has not begun. */
  async heads(db: Queryable, keys: readonly LogKey[]): Promise<(StreamHead | undefined)[]> {
    const rows = await db.query<HeadRow & { place: number }>(
      `SELECT wanted.place::integer AS place, id, last_seq, last_ms FROM streams
       JOIN unnest($1::text[], $2::text[]) WITH ORDINALITY AS wanted(project_id, cluster, place)
         ON wanted.project_id = streams.project_id AND wanted.cluster = streams.cluster
       WHERE source = 'logs'`,
      [keys.map(({ projectId }) => projectId), keys.map(({ cluster }) => cluster)],
    );
    const byPlace = new Map(rows.map((row) => [row.place, headOf(row)]));
    return keys.map((_key, index) => byPlace.get(index + 1));
  }

  /** When an entry was accepted, in milliseconds since 1970; undefined when it is not stored any more. */
  async acceptedMsOf(db: Queryable, streamId: number, seq: number): Promise<number | undefined> {
    const [row] = await db.query<{ accepted_ms: string }>(
      'SELECT accepted_ms FROM stream_entries WHERE stream_id = $1 AND seq = $2',
      [streamId, seq],
    );
    return row && Number(row.accepted_ms);
  }
}

const headOf = ({ id, last_seq, last_ms }: HeadRow): StreamHead => ({
  streamId: id,
  seq: Number(last_seq),
  acceptedMs: Number(last_ms),
});
