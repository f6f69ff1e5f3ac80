/**
 * The records of an original cc-event-store, taken over: from its SQLite file or its PostgreSQL tables into any storage
 * backend.
 *
 * Only the event store's program depends on this room; it depends on records, line protocol and storage. It leaves to
 * others how the command line is read.
 */
export type { ImportReport, TableReport } from './import-report.js';
export { importRecords, type ImportRequest } from './import-records.js';
export type { ImportCounts } from './import-counts.js';
export type { ImportProgressLine } from './import-progress.js';
export type { ImportSource } from './import-source.js';
export { openOldSqlite } from './old-sqlite.js';
export { runImport, type ImportOptions, type ImportOrigin } from './run-import.js';
