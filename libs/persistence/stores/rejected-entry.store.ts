import type { Failure, StreamEntry } from '../../domain/index.js';
import type { Queryable } from '../database.js';

/** An entry that was refused, and why. */
export interface Refused {
  readonly entry: StreamEntry;
  readonly failure: Failure;
}

/** One of the rejected list. */
export interface RejectedEntry extends Omit<StreamEntry, 'level'> {
  readonly cluster: string;
  readonly code: string;
  readonly reason: string;
  readonly rejectedAt: Date;
}

/** Of an entry no more is kept than this. */
const MAX_BODY_CHARS = 10_000;
/** Of one integration no more are kept; the ledger counts them all. */
const KEPT = 10_000;

/** What sinks refused for good, for people to look at. */
export class RejectedEntryStore {
  async add(
    db: Queryable,
    integrationId: string,
    streamId: number,
    refused: readonly Refused[],
    now: Date,
  ): Promise<void> {
    const kept = refused.slice(-KEPT);
    await db.query(
      `INSERT INTO rejected_entries (integration_id, stream_id, seq, time_ms, node, body, code, reason, rejected_at)
       SELECT $1, $2, seq, time_ms, node, body, code, reason, $3
       FROM unnest($4::bigint[], $5::bigint[], $6::text[], $7::text[], $8::text[], $9::text[])
         AS refused(seq, time_ms, node, body, code, reason)
       ON CONFLICT (integration_id, stream_id, seq) DO UPDATE
         SET code = EXCLUDED.code, reason = EXCLUDED.reason, rejected_at = EXCLUDED.rejected_at`,
      [
        integrationId,
        streamId,
        now,
        kept.map(({ entry }) => entry.seq),
        kept.map(({ entry }) => Math.trunc(entry.timeMs)),
        kept.map(({ entry }) => entry.node),
        kept.map(({ entry }) => entry.body.slice(0, MAX_BODY_CHARS).toWellFormed()),
        kept.map(({ failure }) => failure.code),
        kept.map(({ failure }) => failure.reason),
      ],
    );
  }

  /** The latest first; those after a place of that order. */
  async list(
    db: Queryable,
    integrationId: string,
    limit: number,
    after?: { readonly rejectedAt: Date; readonly streamId: number; readonly seq: number },
  ): Promise<(RejectedEntry & { readonly streamId: number })[]> {
    const rows = await db.query<Record<string, unknown>>(
      `SELECT refused.stream_id AS "streamId", seq, time_ms AS "timeMs", node, body, code, reason, rejected_at AS "rejectedAt",
              COALESCE(cluster.name, stream.cluster) AS cluster
       FROM rejected_entries refused JOIN streams stream ON stream.id = refused.stream_id
       LEFT JOIN clusters cluster ON stream.is_registered AND cluster.id = stream.cluster
       WHERE integration_id = $1
         AND ($3::timestamptz IS NULL OR (rejected_at, refused.stream_id, seq) < ($3, $4, $5))
       ORDER BY rejected_at DESC, refused.stream_id DESC, seq DESC LIMIT $2`,
      [integrationId, limit, after?.rejectedAt ?? null, after?.streamId ?? 0, after?.seq ?? 0],
    );
    return rows.map(
      (row) =>
        ({ ...row, seq: Number(row['seq']), timeMs: Number(row['timeMs']) }) as RejectedEntry & {
          streamId: number;
        },
    );
  }

  /** Forgets those that are older, and of each integration those over what is kept. Resolves with how many. */
  async forget(db: Queryable, before: Date): Promise<number> {
    // Each integration's first one too many is found in its index: not everything is sorted every time.
    const rows = await db.query(
      `DELETE FROM rejected_entries refused USING integrations integration LEFT JOIN LATERAL (
         SELECT rejected_at, stream_id, seq FROM rejected_entries WHERE integration_id = integration.id
         ORDER BY rejected_at DESC, stream_id DESC, seq DESC OFFSET ${KEPT} LIMIT 1
       ) AS over ON true
       WHERE refused.integration_id = integration.id AND (refused.rejected_at < $1
         OR (refused.rejected_at, refused.stream_id, refused.seq) <= (over.rejected_at, over.stream_id, over.seq))
       RETURNING 1`,
      [before],
    );
    return rows.length;
  }
}
