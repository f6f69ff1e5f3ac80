import type pg from 'pg';
import type { RecordKind } from '../../record/index.js';
import { holds, planPart, type Part } from './part-plan.js';
import { isTableMissing } from './storage-failure.js';
import { TABLES } from './tables.js';
import { inTransaction } from './transaction.js';

/** Whoever makes or drops parts holds this advisory lock. Spells "EVPT". */
const PARTS_LOCK = 0x45565054;
const BOUNDS = /_(\d+)_(\d+)$/;
/** Everybody waits behind whoever waits for all of a table: never long, and rather again. */
const DETACH_TIMEOUT = '200ms';
const FORGOTTEN = 'event_store_forgotten';

/** Table of a part. Made of numbers only. */
export const partTable = (kind: RecordKind, { fromMs, toMs }: Part): string =>
  `${TABLES[kind]}_${fromMs}_${toMs}`;

/** In the order of their times. */
export async function listParts(db: pg.Pool | pg.ClientBase, kind: RecordKind): Promise<Part[]> {
  const { rows } = await db.query<{ name: string }>(
    'SELECT relname AS name FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid WHERE inhparent = $1::regclass',
    [TABLES[kind]],
  );
  return rows
    .flatMap(({ name }) => {
      const [, fromMs, toMs] = BOUNDS.exec(name) ?? [];
      return fromMs === undefined ? [] : [{ fromMs: Number(fromMs), toMs: Number(toMs) }];
    })
    .toSorted((one, other) => one.fromMs - other.fromMs);
}

/** Makes the parts that are missing for these times. Resolves with all parts of the kind. */
export function makeParts(
  pool: pg.Pool,
  kind: RecordKind,
  timesMs: Iterable<number>,
  nowMs: number,
  widthMs: number,
): Promise<Part[]> {
  return inTransaction(pool, async (client) => {
    await client.query(`SELECT pg_advisory_xact_lock(${PARTS_LOCK})`);
    const parts = await listParts(client, kind);
    for (const timeMs of timesMs) {
      if (parts.some((part) => holds(part, timeMs))) continue;
      const part = planPart(timeMs, nowMs, widthMs, parts);
      const table = partTable(kind, part);
      // Attached, and not created as a part: that would wait for all who read or add, and hold up those who come after.
      await client.query(`CREATE TABLE ${table} (LIKE ${TABLES[kind]} INCLUDING COMPRESSION)`);
      await client.query(
        `ALTER TABLE ${TABLES[kind]} ATTACH PARTITION ${table} FOR VALUES FROM (${part.fromMs}) TO (${part.toMs})`,
      );
      parts.push(part);
    }
    return parts;
  });
}

/** Takes a part away with all that is in it; `dropForgotten` does the rest. Throws when others keep it busy. */
export async function detachPart(pool: pg.Pool, kind: RecordKind, part: Part): Promise<void> {
  const table = partTable(kind, part);
  await inTransaction(pool, async (client) => {
    await client.query(`SET LOCAL lock_timeout = '${DETACH_TIMEOUT}'`);
    await client.query(`SELECT pg_advisory_xact_lock(${PARTS_LOCK})`);
    const isThere = (await listParts(client, kind)).some(
      ({ fromMs, toMs }) => fromMs === part.fromMs && toMs === part.toMs,
    );
    if (!isThere) return;
    const { rows } = await client.query<{ oid: string }>('SELECT $1::regclass::oid AS oid', [table]);
    await client.query(`ALTER TABLE ${TABLES[kind]} DETACH PARTITION ${table}`);
    // A part for the same times may be made again before this one is gone.
    await client.query(`ALTER TABLE ${table} RENAME TO ${FORGOTTEN}_${kind}_${Number(rows[0]!.oid)}`);
  });
}

/**
 * Drops what was taken away of a kind, also by others or before a crash. Resolves with how many records there were: each is
 * counted by one of several who do so at once. Nobody else waits for it.
 */
export async function dropForgotten(pool: pg.Pool, kind: RecordKind): Promise<number> {
  const { rows } = await pool.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relname ~ $1 AND pg_table_is_visible(oid)`,
    [`^${FORGOTTEN}_${kind}_[0-9]+$`],
  );
  let total = 0;
  for (const { name } of rows) total += await countAndDrop(pool, name);
  return total;
}

async function countAndDrop(pool: pg.Pool, table: string): Promise<number> {
  try {
    return await inTransaction(pool, async (client) => {
      await client.query(`LOCK TABLE ${table}`);
      const { rows } = await client.query<{ count: string }>(`SELECT count(*) FROM ${table}`);
      await client.query(`DROP TABLE ${table}`);
      return Number(rows[0]!.count);
    });
  } catch (error) {
    // Another process was quicker, and has counted it.
    if (isTableMissing(error)) return 0;
    throw error;
  }
}
