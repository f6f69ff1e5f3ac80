import type { RecordKind, StoredRecord } from '../record/index.js';
import type { EventReader, StorageBackend } from '../storage/index.js';
import { RECORDS_NOW_MS } from './event-records.js';

/** The backend of the test that runs; after a `reopen` the one that was opened last. */
export interface BackendUnderTest {
  get(): StorageBackend;
  reopen(): Promise<StorageBackend>;
}

/** Everything of a kind that is kept of a cluster. */
export const allOf = (
  reader: EventReader,
  cluster: string,
  kind: RecordKind = 'event',
): Promise<StoredRecord[]> =>
  reader.select({ kind, cluster, fromMs: 0, toMs: RECORDS_NOW_MS * 2 }, 1_000_000);
