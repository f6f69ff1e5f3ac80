import type pg from 'pg';
import type { Logger } from '../../../observability/logging/index.js';
import type { RecordKind } from '../../record/index.js';
import { detachPart, dropForgotten, listParts, partTable } from './part-catalog.js';
import type { Part } from './part-plan.js';
import { isTableMissing, reasonOf } from './storage-failure.js';

/** Blocks of 8 KiB that one statement looks through: some ten thousand records. */
const BLOCKS_AT_A_TIME = 512;
const DETACH_TRIES = 3;

export interface ForgetOptions {
  readonly logger: Logger;
  /** Ends it after the piece that is being deleted. */
  readonly signal: AbortSignal;
}

/**
 * Deletes records of a kind of that time or earlier: parts that lie before as a whole, all else piece by piece. A part that
 * others keep busy is emptied piece by piece, and goes the next time. Resolves with how many records there were.
 */
export async function forgetRecords(
  pool: pg.Pool,
  kind: RecordKind,
  upToMs: number,
  { logger, signal }: ForgetOptions,
): Promise<number> {
  const parts = await listParts(pool, kind);
  const pieces: Part[] = [];
  for (const part of parts.filter(({ fromMs }) => fromMs <= upToMs)) {
    if (signal.aborted) break;
    const isGone = part.toMs - 1 <= upToMs && (await isDetached(pool, kind, part, logger));
    if (!isGone) pieces.push(part);
  }
  let total = await dropForgotten(pool, kind);
  for (const part of pieces) total += await deleteFrom(pool, partTable(kind, part), upToMs, signal);
  return total;
}

async function isDetached(pool: pg.Pool, kind: RecordKind, part: Part, logger: Logger): Promise<boolean> {
  for (let tries = 1; ; tries += 1) {
    try {
      await detachPart(pool, kind, part);
      return true;
    } catch (error) {
      if (!isBusy(error)) throw error;
      if (tries < DETACH_TRIES) continue;
      logger.info({ event: 'event-store.part.busy', part: partTable(kind, part), reason: reasonOf(error) });
      return false;
    }
  }
}

/** Lock not available, or the victim of a deadlock. */
const isBusy = (error: unknown): boolean =>
  /^(55P03|40P01)$/.test(String((error as { code?: unknown }).code));

async function deleteFrom(
  pool: pg.Pool,
  table: string,
  upToMs: number,
  signal: AbortSignal,
): Promise<number> {
  let total = 0;
  try {
    const { rows } = await pool.query<{ blocks: string }>(
      `SELECT pg_relation_size($1::regclass) / current_setting('block_size')::int AS blocks`,
      [table],
    );
    for (let block = 0; block < Number(rows[0]!.blocks) && !signal.aborted; block += BLOCKS_AT_A_TIME) {
      const { rowCount } = await pool.query(
        `DELETE FROM ${table} WHERE time_ms <= $1 AND ctid >= $2::tid AND ctid < $3::tid`,
        [upToMs, `(${block},0)`, `(${block + BLOCKS_AT_A_TIME},0)`],
      );
      total += rowCount ?? 0;
    }
  } catch (error) {
    // Another process forgets as well, and has taken the whole part away.
    if (!isTableMissing(error)) throw error;
  }
  return total;
}
