import type { Settled, StreamSource } from '../../domain/index.js';
import type { Queryable, Transaction } from '../database.js';
import { CONCERNS, MAY_CALL } from './stream.store.js';

/** A cursor with work to do, that nobody else works on until the lease ends. */
export interface ClaimedCursor {
  readonly id: string;
  readonly integrationId: string;
  readonly streamId: number;
  readonly projectId: string;
  readonly source: StreamSource;
  /** Id of a registered cluster, or a name. */
  readonly cluster: string;
  readonly isRegistered: boolean;
  /** For people; that of a cluster that was removed, too. */
  readonly clusterName: string;
  readonly place: CursorPlace;
  readonly memory: Readonly<Record<string, unknown>>;
  readonly failures: number;
  readonly failingSince: Date | null;
  readonly doubtfulLanes: readonly string[];
}

/** How far a cursor is. */
export interface CursorPlace extends Settled {
  /** When the entry at its position was accepted, or earlier. */
  readonly positionMs: number;
}

/** Where entries ended; each a number of them. */
export interface CursorEnds {
  readonly delivered: number;
  readonly coalesced: number;
  readonly rejected: number;
  readonly suppressed: number;
  readonly expired: number;
}

/** What a worker writes when entries have been settled. */
export interface CursorStep {
  /** Where it was when this was worked out; a cursor that has been moved by others since is left as it is. */
  readonly from: CursorPlace;
  readonly to: CursorPlace;
  readonly ends: CursorEnds;
  readonly memory: Readonly<Record<string, unknown>>;
  readonly leaseUntil: Date;
  /** When something was delivered; null when nothing was. */
  readonly succeededAt: Date | null;
}

interface PlaceRow {
  readonly position: string;
  readonly position_ms: string;
  readonly ahead: Buffer | null;
}

interface ClaimRow extends PlaceRow, Omit<ClaimedCursor, 'place'> {}

const placeOf = ({ position, position_ms, ahead }: PlaceRow): CursorPlace => ({
  position: Number(position),
  positionMs: Number(position_ms),
  ahead,
});

/** How far integrations have settled streams. */
export class StreamCursorStore {
  /** Undefined when there is nothing to do, it is not due, nothing may be called, or another owner has it. */
  async claim(
    db: Queryable,
    id: string,
    token: string,
    now: Date,
    leaseUntil: Date,
  ): Promise<ClaimedCursor | undefined> {
    const [row] = await db.query<ClaimRow>(
      `UPDATE stream_cursors cursor SET lease_token = $2, lease_until = $4
       FROM integrations integration, streams stream
       LEFT JOIN clusters cluster ON stream.is_registered AND cluster.id = stream.cluster
       WHERE cursor.id = $1 AND integration.id = cursor.integration_id AND stream.id = cursor.stream_id
         AND cursor.end_seq IS NULL AND cursor.due_at <= $3 AND cursor.position < stream.last_seq
         AND (cursor.lease_until IS NULL OR cursor.lease_until <= $3) AND ${MAY_CALL('integration', '$3')}
       RETURNING cursor.id, cursor.integration_id AS "integrationId", cursor.stream_id AS "streamId",
         stream.project_id AS "projectId", stream.source, stream.cluster, stream.is_registered AS "isRegistered",
         COALESCE(cluster.name, stream.cluster) AS "clusterName", cursor.position, cursor.position_ms, cursor.ahead,
         cursor.memory, cursor.failures, cursor.failing_since AS "failingSince", cursor.doubtful_lanes AS "doubtfulLanes"`,
      [id, token, now, leaseUntil],
    );
    if (!row) return undefined;
    const { position, position_ms, ahead, ...rest } = row;
    return { ...rest, place: placeOf({ position, position_ms, ahead }) };
  }

  /** Resolves with false when it has been moved meanwhile, or is another's. */
  async step(
    db: Queryable,
    id: string,
    token: string,
    { from, to, ends, memory, leaseUntil, succeededAt }: CursorStep,
  ): Promise<boolean> {
    const rows = await db.query(
      `UPDATE stream_cursors SET position = $4, position_ms = $5, ahead = $6, delivered = delivered + $7,
              coalesced = coalesced + $8, rejected = rejected + $9, suppressed = suppressed + $10,
              expired = expired + $11, memory = $12, lease_until = $13,
              last_success_at = COALESCE($14, last_success_at)
       WHERE id = $1 AND lease_token = $2 AND position = $3 AND ahead IS NOT DISTINCT FROM $15 AND end_seq IS NULL
       RETURNING id`,
      [
        id,
        token,
        from.position,
        to.position,
        to.positionMs,
        to.ahead,
        ends.delivered,
        ends.coalesced,
        ends.rejected,
        ends.suppressed,
        ends.expired,
        JSON.stringify(memory),
        leaseUntil,
        succeededAt,
        from.ahead,
      ],
    );
    return rows.length > 0;
  }

  /** Where it is now, and what is remembered with it; undefined when it is not ours any more, or has ended. */
  async find(
    db: Queryable,
    id: string,
    token: string,
  ): Promise<Pick<ClaimedCursor, 'place' | 'memory'> | undefined> {
    const [row] = await db.query<PlaceRow & Pick<ClaimedCursor, 'memory'>>(
      `SELECT position, position_ms, ahead, memory FROM stream_cursors
       WHERE id = $1 AND lease_token = $2 AND end_seq IS NULL`,
      [id, token],
    );
    return row && { place: placeOf(row), memory: row.memory };
  }

  /**
   * Whether a call may be made. `stopped`: it is ours, but nothing may be called any more, because the integration was
   * changed since `version` (its `updatedAt`), paused or deleted. `lost`: it is another's, or has ended.
   */
  async standing(
    db: Queryable,
    id: string,
    token: string,
    version: Date,
  ): Promise<'held' | 'stopped' | 'lost'> {
    const [row] = await db.query<{ held: boolean }>(
      `SELECT integration.status = 'active' AND integration.paused_at IS NULL AND integration.updated_at = $3 AS held
       FROM stream_cursors cursor JOIN integrations integration ON integration.id = cursor.integration_id
       WHERE cursor.id = $1 AND lease_token = $2 AND end_seq IS NULL`,
      [id, token, version],
    );
    if (!row) return 'lost';
    return row.held ? 'held' : 'stopped';
  }

  /** Keeps others off for longer. */
  async renew(db: Queryable, id: string, token: string, leaseUntil: Date): Promise<void> {
    await db.query('UPDATE stream_cursors SET lease_until = $3 WHERE id = $1 AND lease_token = $2', [
      id,
      token,
      leaseUntil,
    ]);
  }

  /** Gives it back, until it is due again. One that has caught up may be told about again when something expires. */
  async release(
    db: Queryable,
    id: string,
    token: string,
    { dueAt, failures, failingSince, doubtfulLanes, hasCaughtUp }: CursorRest,
  ): Promise<void> {
    await db.query(
      `UPDATE stream_cursors SET lease_token = NULL, lease_until = NULL, due_at = $3, failures = $4, failing_since = $5,
              doubtful_lanes = $6, expiry_told_at = CASE WHEN $7 THEN NULL ELSE expiry_told_at END
       WHERE id = $1 AND lease_token = $2`,
      [id, token, dueAt, failures, failingSince, doubtfulLanes, hasCaughtUp],
    );
  }

  /** Makes those of an integration due that wait for another try. */
  async letGo(db: Queryable, integrationId: string, now: Date): Promise<void> {
    await db.query(
      `UPDATE stream_cursors SET due_at = $2, failures = 0, failing_since = NULL WHERE integration_id = $1 AND due_at > $2 AND end_seq IS NULL`,
      [integrationId, now],
    );
  }

  /** Ends those of an integration that what they are of does not concern any more; what they owe counts as suppressed. */
  async endUnconcerned(tx: Transaction, integrationId: string): Promise<void> {
    await tx.query(
      `UPDATE stream_cursors cursor
       SET suppressed = suppressed + stream.last_seq - cursor.position - COALESCE(bit_count(cursor.ahead), 0),
           end_seq = stream.last_seq, position = stream.last_seq, position_ms = stream.last_ms, ahead = NULL,
           lease_token = NULL, lease_until = NULL
       FROM streams stream, integrations integration
       WHERE cursor.integration_id = $1 AND cursor.end_seq IS NULL AND stream.id = cursor.stream_id
         AND integration.id = cursor.integration_id AND NOT (${CONCERNS('integration', 'stream')})`,
      [integrationId],
    );
  }

  async markTold(db: Queryable, ids: readonly string[], now: Date): Promise<void> {
    await db.query('UPDATE stream_cursors SET expiry_told_at = $2 WHERE id = ANY($1)', [ids, now]);
  }
}

/** How a cursor is left until its next turn. */
export interface CursorRest {
  readonly dueAt: Date;
  readonly failures: number;
  readonly failingSince: Date | null;
  readonly doubtfulLanes: readonly string[];
  readonly hasCaughtUp: boolean;
}
