import type { NewEntry, StreamSource } from '../../domain/index.js';
import type { Transaction } from '../../persistence/index.js';
import { ExtendedProblem } from '../../rest/index.js';

/** Entries of one cluster from one source, in their order. */
export interface StreamBatch {
  readonly projectId: string;
  readonly source: StreamSource;
  /** Id or name of a cluster of the project; any other name stands for a cluster that is not registered. */
  readonly cluster: string;
  readonly entries: readonly NewEntry[];
}

/** More is waiting to be stored than this process may hold: a 503, to be tried again in a second. */
export class IntakeFull extends ExtendedProblem {
  constructor() {
    const detail = 'More is coming in than can be stored at the moment: send it again in a second.';
    super(503, 'Service Unavailable', detail, {}, { 'retry-after': '1' });
    this.name = 'IntakeFull';
  }
}

/** Where logs and metrics come in. */
export abstract class StreamIntake {
  private readonly listeners = new Set<() => void>();

  /**
   * Stores all of it or nothing, with whatever else `also` writes. When it has resolved it is durable, each stream's
   * entries have their numbers, and every matching integration owes them. Throws `IntakeFull`, and what the database says.
   */
  abstract append(batches: readonly StreamBatch[], also?: (tx: Transaction) => Promise<void>): Promise<void>;

  /** Calls whenever this process has stored something. Returns how to stop that. */
  onStored(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  protected tellStored(): void {
    for (const listener of this.listeners) listener();
  }
}
