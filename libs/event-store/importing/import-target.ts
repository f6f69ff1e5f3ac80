import type { StorageBackend, StorageMark } from '../storage/index.js';
import type { EventRecord } from '../record/index.js';

/** What an import needs of a backend. */
export type ImportTarget = Pick<StorageBackend, 'store' | 'readMark'>;

/** A target that keeps nothing: an import into it tells what an import into the other would do. */
export class DryTarget implements ImportTarget {
  private readonly marks = new Map<string, string>();

  constructor(private readonly target: ImportTarget) {}

  async store(_records: readonly EventRecord[], mark?: StorageMark): Promise<void> {
    if (mark) this.marks.set(mark.name, mark.value);
  }

  async readMark(name: string): Promise<string | undefined> {
    return this.marks.get(name) ?? this.target.readMark(name);
  }
}
