/**
 * Where records are kept: PostgreSQL or SQLite, behind one interface.
 *
 * The event store's app opens one of them; queries, retention, intake and import know the interface only.
 */
export * from './open-backend.js';
export * from './record-bytes.js';
export * from './storage-backend.js';
export * from './storage-settings.js';
