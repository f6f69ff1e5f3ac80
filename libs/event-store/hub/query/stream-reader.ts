import type { EventReadStore, Transaction } from '../../../persistence/index.js';
import { BadQuery } from '../../query/index.js';
import {
  StorageUnavailable,
  type EventReader,
  type PageBounds,
  type SelectedRecords,
  type Selection,
} from '../../storage/index.js';
import { recordOf } from './stored-record.js';

export interface StreamReaderParts {
  readonly store: EventReadStore;
  /** Its statements are stopped by the database after `deadlineMs` has come. */
  readonly tx: Transaction;
  readonly projectId: string;
  /** By `performance.now()`: from then on nothing more is asked. */
  readonly deadlineMs: number;
  readonly onFailure: () => void;
}

const TIMED_OUT = '57014';
const LATE = 'it took too long: ask for a shorter time, or for less at once';

/** Reads what came in for the clusters of one project, for one answer. */
export class StreamReader implements EventReader {
  private readonly streams = new Map<string, Awaited<ReturnType<EventReadStore['stream']>>>();
  private isOver = false;

  constructor(private readonly parts: StreamReaderParts) {}

  /** Bytes are those of the bodies as they are kept. */
  select(selection: Selection, bounds: PageBounds): Promise<SelectedRecords> {
    return this.inTime(async () => {
      const { store, tx } = this.parts;
      const { cluster, hostname: node, after } = selection;
      const streamId = await this.streamId(cluster);
      if (streamId === undefined) return { records: [], hasMore: false };
      const wanted = { ...selection, node, after: after && { timeMs: after.timeMs, seq: after.id } };
      const { entries, hasMore } = await store.select(tx, streamId, wanted, bounds);
      return { records: entries.map((entry) => recordOf(cluster, entry)), hasMore };
    });
  }

  /** None of a cluster that nobody knows. */
  hosts(cluster: string): Promise<string[]> {
    return this.inTime(async () => {
      const { store, tx } = this.parts;
      const { streamId } = await this.stream(cluster);
      return streamId === undefined ? [] : (await store.nodes(tx, streamId)).sort();
    });
  }

  private async streamId(cluster: string): Promise<number | undefined> {
    const { isKnown, streamId } = await this.stream(cluster);
    if (!isKnown) throw new BadQuery(`there is no cluster ${JSON.stringify(cluster)} in this project`);
    return streamId;
  }

  private async stream(cluster: string): ReturnType<EventReadStore['stream']> {
    const { store, tx, projectId } = this.parts;
    const known = this.streams.get(cluster) ?? (await store.stream(tx, projectId, cluster));
    this.streams.set(cluster, known);
    return known;
  }

  /** A statement that was stopped ends its transaction: nothing can be asked afterwards. */
  private async inTime<Result>(ask: () => Promise<Result>): Promise<Result> {
    if (this.isOver || performance.now() >= this.parts.deadlineMs) throw new StorageUnavailable(LATE);
    try {
      return await ask();
    } catch (error) {
      if (error instanceof StorageUnavailable || error instanceof BadQuery) throw error;
      this.parts.onFailure();
      if ((error as { readonly code?: unknown }).code !== TIMED_OUT) throw error;
      this.isOver = true;
      throw new StorageUnavailable(LATE, { cause: error });
    }
  }
}
