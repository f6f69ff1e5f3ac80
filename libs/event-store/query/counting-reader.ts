import type { EventStoreStats } from '../stats/index.js';
import type { EventReader, Selection } from '../storage/index.js';
import type { StoredRecord } from '../record/index.js';

/** A reader whose questions and failures are counted. */
export class CountingReader implements EventReader {
  constructor(
    private readonly reader: EventReader,
    private readonly stats: EventStoreStats,
  ) {}

  select(selection: Selection, limit: number): Promise<StoredRecord[]> {
    return this.counted(this.reader.select(selection, limit));
  }

  hosts(cluster: string): Promise<string[]> {
    return this.counted(this.reader.hosts(cluster));
  }

  private async counted<Result>(answer: Promise<Result>): Promise<Result> {
    this.stats.count('backend.status', 'queries');
    try {
      return await answer;
    } catch (error) {
      this.stats.count('backend.errors', 'query_exec_failed');
      throw error;
    }
  }
}
