import { countAhead, type StreamSource } from '../../domain/index.js';
import type { Transaction } from '../database.js';
import { StreamEntryStore } from './stream-entry.store.js';

/** A cursor, and the first entry from which its stream is to be delivered again. */
export interface Rewind {
  readonly cursorId: string;
  readonly source: StreamSource;
  readonly clusterName: string;
  readonly firstSeq: number;
  readonly firstMs: number;
  /** Settled entries that would be owed once more. */
  readonly count: number;
}

interface CursorRow {
  readonly cursorId: string;
  readonly streamId: number;
  readonly source: StreamSource;
  readonly clusterName: string;
  readonly position: string;
  readonly ahead: Buffer | null;
}

/** Moves cursors back. */
export class StreamReplayStore {
  private readonly entries = new StreamEntryStore();

  /** Those of an integration that have settled something accepted at `sinceMs` or later, and is still stored. Locks them. */
  async rewinds(tx: Transaction, integrationId: string, sinceMs: number): Promise<Rewind[]> {
    const cursors = await tx.query<CursorRow>(
      `SELECT cursor.id AS "cursorId", cursor.stream_id AS "streamId", stream.source,
              COALESCE(cluster.name, stream.cluster) AS "clusterName", cursor.position, cursor.ahead
       FROM stream_cursors cursor JOIN streams stream ON stream.id = cursor.stream_id
       LEFT JOIN clusters cluster ON stream.is_registered AND cluster.id = stream.cluster
       WHERE cursor.integration_id = $1 AND cursor.end_seq IS NULL ORDER BY cursor.id FOR UPDATE OF cursor`,
      [integrationId],
    );
    const rewinds: Rewind[] = [];
    for (const { streamId, position, ahead, ...cursor } of cursors) {
      const first = await this.entries.firstSince(tx, streamId, sinceMs);
      const settled = { position: Number(position), ahead };
      if (!first || first.seq > settled.position) continue;
      const count = settled.position - first.seq + 1 + countAhead(settled);
      rewinds.push({ ...cursor, firstSeq: first.seq, firstMs: first.acceptedMs, count });
    }
    return rewinds;
  }

  /** From then on it is owed everything from the first entry on. What the sink remembered was of later entries. */
  async rewind(tx: Transaction, { cursorId, firstSeq, firstMs, count }: Rewind, now: Date): Promise<void> {
    await tx.query(
      `UPDATE stream_cursors SET position = $2, position_ms = $3, ahead = NULL, replayed = replayed + $4, memory = '{}',
              due_at = $5, failures = 0, failing_since = NULL, doubtful_lanes = '{}' WHERE id = $1`,
      [cursorId, firstSeq - 1, firstMs, count, now],
    );
  }
}
