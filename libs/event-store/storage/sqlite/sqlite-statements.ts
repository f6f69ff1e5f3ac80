import { RECORD_KINDS, type RecordKind } from '../../record/index.js';
import { MARKS_TABLE, TABLES } from './sqlite-schema.js';

/** All statements of the backend. None of them is ever put together from what comes in. */
interface KindStatements {
  /** Parameters: as `COLUMNS`. */
  readonly insert: string;
  /** Parameters: cluster, place after which, place up to which, name, type, type id, stype, stype id. Columns: id, `COLUMNS`, bytes. */
  readonly select: string;
  /** As `select`, with the hostname after the cluster. */
  readonly selectOfHost: string;
  /** The place that so many records lie up to. Parameters: cluster, place after which, last time, how many less one. */
  readonly place: string;
  /** As `place`, with the hostname after the cluster. */
  readonly placeOfHost: string;
  /** Parameters: cluster, last time, limit. */
  readonly forget: string;
  readonly clusters: string;
  /** Parameters: cluster, cluster. */
  readonly hosts: string;
}

export const COLUMNS = [
  'time_ms',
  'cluster',
  'name',
  'hostname',
  'type',
  'type_id',
  'stype',
  'stype_id',
  'tags',
  'fields',
  'payload',
] as const;

/** As `bytesOf` counts them. */
const BYTES = COLUMNS.filter((column) => column !== 'time_ms' && column !== 'cluster')
  .map((column) => `coalesce(octet_length(${column}), 0)`)
  .join(' + ');
/** Where the bytes are among the columns of a select. */
export const BYTES_COLUMN = COLUMNS.length + 1;

/** The planner would read all hosts of a time rather than all times of a host: the index is said. */
function statementsOf(kind: RecordKind): KindStatements {
  const table = TABLES[kind];
  const byTime = `${table} INDEXED BY ${table}_by_time WHERE cluster = ?`;
  const byHost = `${table} INDEXED BY ${table}_by_host WHERE cluster = ? AND hostname = ?`;
  const hostsOf = `${table} INDEXED BY ${table}_by_host WHERE cluster = ?`;
  const select = (from: string): string => `
    SELECT id, ${COLUMNS.join(', ')}, ${BYTES} FROM ${from}
    AND (time_ms, id) > (?, ?) AND (time_ms, id) <= (?, ?)
    AND name IS coalesce(?, name)
    AND type IS coalesce(?, type) AND type_id IS coalesce(?, type_id)
    AND stype IS coalesce(?, stype) AND stype_id IS coalesce(?, stype_id)
    ORDER BY time_ms, id`;
  const place = (from: string): string => `
    SELECT time_ms, id FROM ${from} AND (time_ms, id) > (?, ?) AND time_ms <= ?
    ORDER BY time_ms, id LIMIT 1 OFFSET ?`;
  return {
    insert: `INSERT INTO ${table} (${COLUMNS.join(', ')}) VALUES (${COLUMNS.map(() => '?').join(', ')})`,
    select: select(byTime),
    selectOfHost: select(byHost),
    place: place(byTime),
    placeOfHost: place(byHost),
    forget: `DELETE FROM ${table} WHERE id IN (SELECT id FROM ${byTime} AND time_ms <= ? LIMIT ?)`,
    clusters: `
      WITH RECURSIVE found (one) AS (
        SELECT min(cluster) FROM ${table}
        UNION ALL SELECT (SELECT min(cluster) FROM ${table} WHERE cluster > one) FROM found WHERE one IS NOT NULL)
      SELECT one FROM found WHERE one IS NOT NULL`,
    hosts: `
      WITH RECURSIVE found (one) AS (
        SELECT min(hostname) FROM ${hostsOf} AND hostname > ''
        UNION ALL SELECT
          (SELECT min(hostname) FROM ${hostsOf} AND hostname > one)
          FROM found WHERE one IS NOT NULL)
      SELECT one FROM found WHERE one IS NOT NULL`,
  };
}

export const STATEMENTS = Object.fromEntries(
  RECORD_KINDS.map((kind) => [kind, statementsOf(kind)]),
) as Readonly<Record<RecordKind, KindStatements>>;

export const STORE_MARK = `
  INSERT INTO ${MARKS_TABLE} (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value`;
export const READ_MARK = `SELECT value FROM ${MARKS_TABLE} WHERE name = ?`;
