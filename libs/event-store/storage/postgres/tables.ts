import type { RecordKind } from '../../record/index.js';

/** Where records of a kind are. The only names that become a part of SQL, besides those of their parts. */
export const TABLES: Readonly<Record<RecordKind, string>> = {
  event: 'event_store_events',
  log: 'event_store_logs',
};
