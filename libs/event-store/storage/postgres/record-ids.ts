import { StorageRefused } from '../storage-backend.js';
import { IDS_AT_A_TIME } from './schema.js';

/**
 * Numbers for records, in the order in which they are asked for. Taken from the database by the million: of several
 * processes each has numbers of its own, and later ones after a new start.
 */
export class RecordIds {
  private next = 0;
  private end = 0;
  private fetching: Promise<void> | undefined;

  constructor(private readonly fetchFirst: () => Promise<number>) {}

  /** The first of that many numbers in a row. */
  async take(count: number): Promise<number> {
    if (count > IDS_AT_A_TIME)
      throw new StorageRefused(`More than ${IDS_AT_A_TIME} records cannot be stored in one batch.`);
    while (this.next + count > this.end) await (this.fetching ??= this.fetch());
    const first = this.next;
    this.next += count;
    return first;
  }

  private async fetch(): Promise<void> {
    try {
      this.next = await this.fetchFirst();
      this.end = this.next + IDS_AT_A_TIME;
    } finally {
      this.fetching = undefined;
    }
  }
}
