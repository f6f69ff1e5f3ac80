import type pg from 'pg';
import type { StoredRecord } from '../../record/index.js';
import type { PageBounds, SelectedRecords, Selection } from '../storage-backend.js';
import { EARLIEST_MS, LATEST_MS } from './part-plan.js';
import { TABLES } from './tables.js';

/** Conditions that a selection may have, and their columns. */
const CONDITIONS = [
  ['name', 'name'],
  ['hostname', 'hostname'],
  ['type', 'type'],
  ['typeId', 'type_id'],
  ['stype', 'stype'],
  ['stypeId', 'stype_id'],
] as const;

/** In the order of a row; the last ones may be long. */
const NAMES = ['name', 'hostname', 'type', 'type_id', 'stype', 'stype_id'] as const;
const TEXTS = ['tags', 'fields', 'payload'] as const;

/** Columns of a row besides id and time, names and long texts: all, or those that a brief record needs. */
interface Columns {
  readonly names: readonly string[];
  readonly texts: readonly string[];
}
const ALL: Columns = { names: NAMES, texts: TEXTS };
const BRIEF: Columns = { names: [], texts: ['payload'] };

type FullRow = readonly [
  id: string,
  timeMs: string,
  name: string,
  hostname: string,
  type: string | null,
  typeId: string | null,
  stype: string | null,
  stypeId: string | null,
  tags: string | null,
  fields: string | null,
  /** Null when it is not within the bounds. */
  payload: string | null,
];
type BriefRow = readonly [id: string, timeMs: string, payload: string | null];
export type Row = FullRow | BriefRow;

/**
 * The statement of a selection, prepared under a name that tells kind, conditions and columns: there are 512 of them. Undefined when
 * nothing can match, as no text that is stored holds a NUL.
 */
export function selectStatement(
  selection: Selection,
  { limit, maxBytes }: PageBounds,
): (pg.QueryArrayConfig & { readonly name: string }) | undefined {
  const { kind, cluster, after, isBrief = false } = selection;
  // What comes before the place is of parts that need not even be looked at.
  const fromMs = Math.max(Math.ceil(selection.fromMs), after?.timeMs ?? EARLIEST_MS, EARLIEST_MS);
  const toMs = Math.min(Math.floor(selection.toMs), LATEST_MS);
  if (fromMs > toMs || cluster.includes('\0')) return undefined;
  const values: unknown[] = [cluster, fromMs, toMs, limit, maxBytes];
  const conditions = ['cluster = $1', 'time_ms >= $2', 'time_ms <= $3'];
  let name = `event_store_${isBrief ? 'brief' : 'select'}_${kind}_`;
  for (const [member, column] of CONDITIONS) {
    const wanted = selection[member];
    name += wanted === undefined ? '0' : '1';
    if (wanted === undefined) continue;
    if (wanted.includes('\0')) return undefined;
    conditions.push(`${column} = $${values.push(wanted)}`);
  }
  if (after) {
    conditions.push(`(time_ms, id) > ($${values.push(after.timeMs)}, $${values.push(after.id)})`);
    name += '_after';
  }
  return {
    name,
    text: pageOf(`${TABLES[kind]} WHERE ${conditions.join(' AND ')}`, isBrief ? BRIEF : ALL),
    values,
    rowMode: 'array',
  };
}

/**
 * One row more than the limit; those that begin beyond the bytes come without their long texts. The length of a text is known
 * without fetching it. A single sum over rows that are in order anyway: for each record it costs less than to send it.
 */
function pageOf(from: string, { names, texts }: Columns): string {
  const columns = ['id', 'time_ms', ...names].join(', ');
  const bytes = [...names, ...texts].map((column) => `coalesce(octet_length(${column}), 0)`).join(' + ');
  return `
  SELECT ${columns}, ${texts.map((text) => `CASE WHEN coalesce(before, 0) < $5::bigint THEN ${text} END`).join(', ')}
  FROM (
    SELECT ${columns}, ${texts.join(', ')},
      sum(${bytes}) OVER (ORDER BY time_ms, id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
    FROM (
      SELECT ${columns}, ${texts.join(', ')} FROM ${from} ORDER BY time_ms, id LIMIT $4::bigint + 1
    ) AS found
  ) AS sized ORDER BY time_ms, id`;
}

/** Of the rows of such a statement. */
export function readRows(selection: Selection, limit: number, rows: readonly Row[]): SelectedRecords {
  const records: StoredRecord[] = [];
  for (const row of rows.slice(0, limit)) {
    const record = readRow(selection, row);
    if (!record) break;
    records.push(record);
  }
  return { records, hasMore: records.length < rows.length };
}

function readRow({ kind, cluster, isBrief = false }: Selection, row: Row): StoredRecord | undefined {
  const full = isBrief ? briefly(row as BriefRow) : (row as FullRow);
  const [id, timeMs, name, hostname, type, typeId, stype, stypeId, tags, fields, payload] = full;
  if (payload === null) return undefined;
  return {
    id: Number(id),
    kind,
    cluster,
    name,
    hostname,
    type,
    typeId,
    stype,
    stypeId,
    tags,
    fields,
    timeMs: Number(timeMs),
    payload,
  };
}

const briefly = ([id, timeMs, payload]: BriefRow): FullRow => [
  id,
  timeMs,
  '',
  '',
  null,
  null,
  null,
  null,
  null,
  null,
  payload,
];
