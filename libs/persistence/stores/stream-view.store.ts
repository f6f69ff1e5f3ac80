import type { StreamSource } from '../../domain/index.js';
import type { Queryable } from '../database.js';
import { STREAM_OLDEST, STREAM_OWED, STREAM_PARKED } from './ledger.store.js';

/** How far an integration is with one stream. */
export interface StreamView {
  readonly id: string;
  readonly source: StreamSource;
  readonly cluster: string;
  readonly isRegistered: boolean;
  readonly clusterName: string;
  readonly lastSeq: number;
  readonly settledSeq: number;
  readonly waiting: number;
  readonly delivered: number;
  readonly coalesced: number;
  readonly rejected: number;
  readonly suppressed: number;
  readonly expired: number;
  readonly failures: number;
  readonly hasEnded: boolean;
  /** It waits for the integration itself. */
  readonly isParked: boolean;
  readonly dueAt: Date;
  readonly lastSuccessAt: Date | null;
  /** When the oldest entry that waits was accepted, in milliseconds since 1970. */
  readonly oldestMs: number | null;
}

/** Reads how far integrations are, for people. */
export class StreamViewStore {
  /** In the order of cursors' ids. */
  of(db: Queryable, integrationId: string, limit: number, after: string | undefined): Promise<StreamView[]> {
    return db.query<StreamView>(
      `SELECT cursor.id, stream.source, stream.cluster, stream.is_registered AS "isRegistered",
              COALESCE(cluster.name, stream.cluster) AS "clusterName",
              COALESCE(cursor.end_seq, stream.last_seq)::float8 AS "lastSeq", cursor.position::float8 AS "settledSeq",
              ${STREAM_OWED}::float8 AS waiting, cursor.delivered::float8, cursor.coalesced::float8, cursor.rejected::float8,
              cursor.suppressed::float8, cursor.expired::float8, cursor.failures, cursor.end_seq IS NOT NULL AS "hasEnded",
              ${STREAM_PARKED} AS "isParked",
              cursor.due_at AS "dueAt", cursor.last_success_at AS "lastSuccessAt", CASE WHEN cursor.end_seq IS NULL THEN
                ${STREAM_OLDEST}::float8 END AS "oldestMs"
       FROM stream_cursors cursor JOIN streams stream ON stream.id = cursor.stream_id
       JOIN integrations integration ON integration.id = cursor.integration_id
       LEFT JOIN clusters cluster ON stream.is_registered AND cluster.id = stream.cluster
       WHERE cursor.integration_id = $1 AND ($3::text IS NULL OR cursor.id > $3) ORDER BY cursor.id LIMIT $2`,
      [integrationId, limit + 1, after ?? null],
    );
  }
}
