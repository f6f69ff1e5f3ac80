/**
 * Events and logs in one SQLite file: for sites without a database server.
 *
 * Only the event store depends on this room; it depends on records and on the contract of storage backends. It leaves to
 * others when records are forgotten, and how many are stored at a time.
 */
export { openSqliteBackend, type SqliteParts } from './open-sqlite-backend.js';
