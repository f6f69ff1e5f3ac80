import type { RecordKind, StoredRecord } from '../record/index.js';
import type { EventReader, PageBounds, StorageBackend } from '../storage/index.js';
import { RECORDS_NOW_MS } from './event-records.js';

/** The backend of the test that runs; after a `reopen` the one that was opened last. */
export interface BackendUnderTest {
  get(): StorageBackend;
  reopen(): Promise<StorageBackend>;
}

export const atMost = (limit: number, maxBytes = Number.MAX_SAFE_INTEGER): PageBounds => ({
  limit,
  maxBytes,
});

/** Everything of a kind that is kept of a cluster. */
export const allOf = async (
  reader: EventReader,
  cluster: string,
  kind: RecordKind = 'event',
): Promise<StoredRecord[]> => {
  const of = { kind, cluster, fromMs: 0, toMs: RECORDS_NOW_MS * 2 };
  return [...(await reader.select(of, atMost(1_000_000))).records];
};
