import type { RecordPlace, StoredRecord } from '../../record/index.js';
import { bytesOf } from '../record-bytes.js';
import type { PageBounds, SelectedRecords, Selection } from '../storage-backend.js';
import type { SqliteConnection } from './sqlite-connection.js';
import type { SqliteColumn, SqliteValue } from './sqlite-protocol.js';
import { BYTES_COLUMN, STATEMENTS } from './sqlite-statements.js';

/** So many records are looked at before others get their turn: some tens of milliseconds. */
const RECORDS_A_TURN = 20_000;

/** Ids begin with 1. */
const before = (timeMs: number): RecordPlace => ({ timeMs, id: 0 });
const upTo = (timeMs: number): RecordPlace => ({ timeMs, id: Number.MAX_SAFE_INTEGER });

/**
 * The first records that match, within the bounds. However many do not match, no single statement takes long: there is no
 * way to break one off, and others wait behind it.
 */
export async function selectRecords(
  connectionOf: () => SqliteConnection,
  selection: Selection,
  { limit, maxBytes }: PageBounds,
): Promise<SelectedRecords> {
  const records: StoredRecord[] = [];
  let bytes = 0;
  let after = startOf(selection);
  for (;;) {
    const connection = connectionOf();
    const turn = isFiltered(selection) ? await endOfTurn(connection, selection, after) : undefined;
    const until = turn ?? upTo(selection.toMs);
    const left = { limit: limit - records.length, maxBytes: maxBytes - bytes };
    const part = await selectPart(connection, selection, { after, until, ...left });
    records.push(...part.records);
    if (part.hasMore || !turn) return { records, hasMore: part.hasMore };
    for (const record of part.records) bytes += bytesOf(record);
    after = turn;
  }
}

function startOf({ fromMs, after }: Selection): RecordPlace {
  return after && after.timeMs >= fromMs ? after : before(fromMs);
}

/** Whether something must match that the index does not know, so that many records may be looked at for one. */
const isFiltered = ({ name, type, typeId, stype, stypeId }: Selection): boolean =>
  [name, type, typeId, stype, stypeId].some((wanted) => wanted !== undefined);

async function endOfTurn(
  connection: SqliteConnection,
  { kind, cluster, hostname, toMs }: Selection,
  after: RecordPlace,
): Promise<RecordPlace | undefined> {
  const { place, placeOfHost } = STATEMENTS[kind];
  const of = hostname === undefined ? [cluster] : [cluster, hostname];
  const [times, ids] = await connection.read(hostname === undefined ? place : placeOfHost, [
    ...of,
    after.timeMs,
    after.id,
    toMs,
    RECORDS_A_TURN - 1,
  ]);
  const [timeMs, id] = [times?.[0], ids?.[0]];
  return timeMs == null || id == null ? undefined : { timeMs: Number(timeMs), id: Number(id) };
}

async function selectPart(
  connection: SqliteConnection,
  { kind, cluster, hostname, name, type, typeId, stype, stypeId }: Selection,
  { after, until, limit, maxBytes }: PageBounds & { after: RecordPlace; until: RecordPlace },
): Promise<SelectedRecords> {
  const { select, selectOfHost } = STATEMENTS[kind];
  const of = hostname === undefined ? [cluster] : [cluster, hostname];
  const filters = [name, type, typeId, stype, stypeId].map((wanted) => wanted ?? null);
  const { columns, hasMore } = await connection.readSome(
    hostname === undefined ? select : selectOfHost,
    [...of, after.timeMs, after.id, until.timeMs, until.id, ...filters],
    { maxRows: limit, summedColumn: BYTES_COLUMN, maxSum: maxBytes },
  );
  return { records: toRecords(kind, columns), hasMore };
}

/** In the order of the statement's columns. */
function toRecords(kind: StoredRecord['kind'], columns: readonly SqliteColumn[]): StoredRecord[] {
  const ids = columns[0] ?? [];
  return ids.map((id, row) => {
    const value = (column: number): SqliteValue => columns[column]?.[row] ?? null;
    const text = (column: number): string | null => value(column) as string | null;
    return {
      kind,
      id: Number(id),
      timeMs: Number(value(1)),
      cluster: text(2)!,
      name: text(3)!,
      hostname: text(4)!,
      type: text(5),
      typeId: text(6),
      stype: text(7),
      stypeId: text(8),
      tags: text(9),
      fields: text(10),
      payload: text(11)!,
    };
  });
}
