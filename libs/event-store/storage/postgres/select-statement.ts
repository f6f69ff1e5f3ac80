import type pg from 'pg';
import type { StoredRecord } from '../../record/index.js';
import type { Selection } from '../storage-backend.js';
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

export type Row = readonly [
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
  payload: string,
];

/**
 * The statement of a selection, prepared under a name that tells kind and conditions: there are 256 of them. Undefined when
 * nothing can match, as no text that is stored holds a NUL.
 */
export function selectStatement(
  selection: Selection,
  limit: number,
): (pg.QueryArrayConfig & { readonly name: string }) | undefined {
  const { kind, cluster, after } = selection;
  // What comes before the place is of parts that need not even be looked at.
  const fromMs = Math.max(Math.ceil(selection.fromMs), after?.timeMs ?? EARLIEST_MS, EARLIEST_MS);
  const toMs = Math.min(Math.floor(selection.toMs), LATEST_MS);
  if (fromMs > toMs || cluster.includes('\0')) return undefined;
  const values: unknown[] = [cluster, fromMs, toMs, limit];
  const conditions = ['cluster = $1', 'time_ms >= $2', 'time_ms <= $3'];
  let name = `event_store_select_${kind}_`;
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
  const text = `SELECT id, time_ms, name, hostname, type, type_id, stype, stype_id, tags, fields, payload
    FROM ${TABLES[kind]} WHERE ${conditions.join(' AND ')} ORDER BY time_ms, id LIMIT $4`;
  return { name, text, values, rowMode: 'array' };
}

export function readRow({ kind, cluster }: Selection, row: Row): StoredRecord {
  const [id, timeMs, name, hostname, type, typeId, stype, stypeId, tags, fields, payload] = row;
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
