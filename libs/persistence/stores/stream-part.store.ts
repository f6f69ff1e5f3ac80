import { countAhead, settledUpTo, type Settled, type StreamSource } from '../../domain/index.js';
import type { Queryable, Transaction } from '../database.js';

/** A part of `stream_entries`: what was accepted from `fromMs` on and before `toMs`. */
export interface StreamPart {
  readonly fromMs: number;
  readonly toMs: number;
}

interface BehindRow extends Omit<ExpiredEntries, 'count'> {
  readonly position: string;
  readonly ahead: Buffer | null;
  readonly lastSeq: string;
}

/** How many entries of a stream were dropped that a cursor had not settled. */
export interface ExpiredEntries {
  readonly cursorId: string;
  readonly integrationId: string;
  readonly projectId: string;
  readonly source: StreamSource;
  readonly cluster: string;
  readonly isRegistered: boolean;
  /** Of the integration. */
  readonly description: string;
  readonly count: number;
  /** That it has been told before, and it has not caught up since. */
  readonly wasTold: boolean;
}

/** Whoever makes or drops parts holds this advisory lock. Spells "STRM". */
const PARTS_LOCK = 0x5354524d;
const NAME = /^stream_entries_(\d+)_(\d+)$/;
const nameOf = ({ fromMs, toMs }: StreamPart): string => `stream_entries_${fromMs}_${toMs}`;
/** Dropping waits for those that read; nobody waits longer for it than this. */
const LOCK_TIMEOUT = '2s';

/** The parts by time in which entries are stored and forgotten. */
export class StreamPartStore {
  /** In the order of their times. */
  async list(db: Queryable): Promise<StreamPart[]> {
    const rows = await db.query<{ name: string }>(
      `SELECT relname AS name FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
       WHERE inhparent = 'stream_entries'::regclass`,
    );
    return rows
      .flatMap(({ name }) => {
        const [, fromMs, toMs] = NAME.exec(name) ?? [];
        return fromMs === undefined ? [] : [{ fromMs: Number(fromMs), toMs: Number(toMs) }];
      })
      .toSorted((one, other) => one.fromMs - other.fromMs);
  }

  /** Makes the part for that time if there is none: of that width, or less where others begin or end. Resolves with the part. */
  async make(tx: Transaction, atMs: number, widthMs: number): Promise<StreamPart> {
    await tx.query('SELECT pg_advisory_xact_lock($1)', [PARTS_LOCK]);
    const parts = await this.list(tx);
    const present = parts.find(({ fromMs, toMs }) => fromMs <= atMs && atMs < toMs);
    if (present) return present;
    const start = Math.floor(atMs / widthMs) * widthMs;
    const part = {
      fromMs: Math.max(start, ...parts.map(({ toMs }) => toMs).filter((toMs) => toMs <= atMs)),
      toMs: Math.min(start + widthMs, ...parts.map(({ fromMs }) => fromMs).filter((fromMs) => fromMs > atMs)),
    };
    // Attached, and not created as a part: that would wait for all who read or add, and hold up those who come after.
    await tx.query(`CREATE TABLE ${nameOf(part)} (LIKE stream_entries)`);
    await tx.query(
      `ALTER TABLE stream_entries ATTACH PARTITION ${nameOf(part)} FOR VALUES FROM (${part.fromMs}) TO (${part.toMs})`,
    );
    return part;
  }

  /**
   * Drops a part with all that is in it, and counts as expired what cursors had not settled of it. Throws when others keep
   * it busy for too long.
   */
  async drop(tx: Transaction, part: StreamPart): Promise<ExpiredEntries[]> {
    await tx.query(`SET LOCAL lock_timeout = '${LOCK_TIMEOUT}'`);
    await tx.query('SELECT pg_advisory_xact_lock($1)', [PARTS_LOCK]);
    const isThere = (await this.list(tx)).some(({ fromMs }) => fromMs === part.fromMs);
    if (!isThere) return [];
    // First the cursors, which may take a while, and only then what everybody needs.
    const expired = await this.expireAll(tx, part);
    // The whole table before its part, as all others lock them: who waited for the part with the table's lock would be in our way.
    await tx.query('LOCK TABLE ONLY stream_entries IN ACCESS EXCLUSIVE MODE');
    await tx.query(`LOCK TABLE ${nameOf(part)} IN ACCESS EXCLUSIVE MODE`);
    // Nothing is added to it any more, and nobody is left who reads it. Another may have been moved back meanwhile.
    expired.push(...(await this.expireAll(tx, part)));
    await tx.query(`DROP TABLE ${nameOf(part)}`);
    return expired;
  }

  private async expireAll(tx: Transaction, part: StreamPart): Promise<ExpiredEntries[]> {
    const behind = await tx.query<BehindRow>(
      `SELECT cursor.id AS "cursorId", cursor.integration_id AS "integrationId", cursor.position, cursor.ahead,
              cursor.expiry_told_at IS NOT NULL AS "wasTold", stream.project_id AS "projectId", stream.source, stream.cluster,
              stream.is_registered AS "isRegistered", integration.description, last.seq AS "lastSeq"
       FROM streams stream CROSS JOIN LATERAL (
         SELECT seq FROM ${nameOf(part)} AS entry WHERE entry.stream_id = stream.id ORDER BY seq DESC LIMIT 1
       ) AS last JOIN stream_cursors cursor ON cursor.stream_id = stream.id
       JOIN integrations integration ON integration.id = cursor.integration_id
       WHERE cursor.position < last.seq AND cursor.end_seq IS NULL ORDER BY cursor.id FOR UPDATE OF cursor`,
    );
    const expired: ExpiredEntries[] = [];
    for (const row of behind) expired.push(await this.expire(tx, row, part.toMs));
    return expired;
  }

  private async expire(
    tx: Transaction,
    { position, ahead, lastSeq, ...cursor }: BehindRow,
    acceptedMs: number,
  ): Promise<ExpiredEntries> {
    const before: Settled = { position: Number(position), ahead };
    const after = settledUpTo(before, Number(lastSeq));
    const count = after.position + countAhead(after) - before.position - countAhead(before);
    await tx.query(
      `UPDATE stream_cursors SET position = $2, position_ms = $3, ahead = $4, expired = expired + $5 WHERE id = $1`,
      // What was accepted at the same moment as the part's end is after it: the earlier moment is as good.
      [cursor.cursorId, after.position, acceptedMs - 1, after.ahead, count],
    );
    return { ...cursor, count };
  }
}
