import type { StoredRecord } from '../record/index.js';
import {
  bytesOf,
  type EventReader,
  type PageBounds,
  type SelectedRecords,
  type Selection,
} from '../storage/index.js';

/** Records in memory, read by the plainest of ways: what backends are compared with. */
export class MemoryReader implements EventReader {
  constructor(readonly records: StoredRecord[] = []) {}

  async select(selection: Selection, { limit, maxBytes }: PageBounds): Promise<SelectedRecords> {
    const matching = this.records
      .filter((record) => matches(record, selection))
      .toSorted((one, other) => one.timeMs - other.timeMs || one.id - other.id);
    const records: StoredRecord[] = [];
    let bytes = 0;
    for (const record of matching) {
      if (records.length >= limit || bytes >= maxBytes) return { records, hasMore: true };
      records.push(record);
      bytes += bytesOf(record);
    }
    return { records, hasMore: false };
  }

  async hosts(cluster: string): Promise<string[]> {
    const names = this.records.filter((record) => record.cluster === cluster).map(({ hostname }) => hostname);
    return [...new Set(names)].filter((name) => name !== '').sort();
  }
}

function matches(record: StoredRecord, selection: Selection): boolean {
  const { after, fromMs, toMs } = selection;
  const isWanted = (['name', 'hostname', 'type', 'typeId', 'stype', 'stypeId'] as const).every(
    (key) => selection[key] === undefined || selection[key] === record[key],
  );
  const isAfter =
    after === undefined ||
    record.timeMs > after.timeMs ||
    (record.timeMs === after.timeMs && record.id > after.id);
  return (
    isWanted &&
    isAfter &&
    record.kind === selection.kind &&
    record.cluster === selection.cluster &&
    record.timeMs >= fromMs &&
    record.timeMs <= toMs
  );
}
