import { RECORD_KINDS, type RecordKind } from '../../record/index.js';
import type { SqliteStep } from './sqlite-protocol.js';

/** Of what this process reads and writes. It only ever grows, and a newer one is never touched. */
export const SCHEMA_VERSION = 1;

export const TABLES: Readonly<Record<RecordKind, string>> = {
  event: 'event_store_events',
  log: 'event_store_logs',
};
/** What makes a file ours. */
export const VERSION_TABLE = 'event_store_schema';
export const MARKS_TABLE = 'event_store_marks';

/** All tables of ours in a file, that may hold others. */
export const OUR_TABLES: readonly string[] = [...Object.values(TABLES), VERSION_TABLE, MARKS_TABLE];

/** A step without parameters. */
const once = (sql: string): SqliteStep => ({ sql, rows: 1, columns: [] });

const tableOf = (kind: RecordKind): string => `
  CREATE TABLE IF NOT EXISTS ${TABLES[kind]} (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    time_ms INTEGER NOT NULL,
    cluster TEXT NOT NULL,
    name TEXT NOT NULL,
    hostname TEXT NOT NULL,
    type TEXT,
    type_id TEXT,
    stype TEXT,
    stype_id TEXT,
    tags TEXT,
    fields TEXT,
    payload TEXT NOT NULL
  ) STRICT`;

/** Makes what is not there yet. Two processes may do so at once. */
export const SCHEMA_STEPS: readonly SqliteStep[] = [
  ...RECORD_KINDS.flatMap((kind) => [
    once(tableOf(kind)),
    once(`CREATE INDEX IF NOT EXISTS ${TABLES[kind]}_by_time ON ${TABLES[kind]} (cluster, time_ms, id)`),
    once(
      `CREATE INDEX IF NOT EXISTS ${TABLES[kind]}_by_host ON ${TABLES[kind]} (cluster, hostname, time_ms, id)`,
    ),
  ]),
  once(
    `CREATE TABLE IF NOT EXISTS ${MARKS_TABLE} (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID`,
  ),
  once(`CREATE TABLE IF NOT EXISTS ${VERSION_TABLE} (version INTEGER NOT NULL) STRICT`),
  once(
    `INSERT INTO ${VERSION_TABLE} SELECT ${SCHEMA_VERSION} WHERE NOT EXISTS (SELECT 1 FROM ${VERSION_TABLE})`,
  ),
];

export const TABLE_NAMES = `SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')`;
export const FILE_VERSION = `SELECT max(version) FROM ${VERSION_TABLE}`;
