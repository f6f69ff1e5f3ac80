import type { EventStoreStats } from '../stats/index.js';
import type { EventReader, PageBounds, SelectedRecords, Selection } from '../storage/index.js';

/** A reader whose questions and failures are counted. */
export class CountingReader implements EventReader {
  constructor(
    private readonly reader: EventReader,
    private readonly stats: EventStoreStats,
  ) {}

  select(selection: Selection, bounds: PageBounds): Promise<SelectedRecords> {
    return this.counted(this.reader.select(selection, bounds));
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
