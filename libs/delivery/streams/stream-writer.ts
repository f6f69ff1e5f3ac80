import { badRequest, type Clock, type Problem } from '../../domain/index.js';
import type { Logger, Metrics } from '../../observability/index.js';
import {
  isDatabaseAway,
  MAX_NAMED_CLUSTERS,
  type Database,
  type Numbered,
  type StreamEntryStore,
  type StreamStore,
  type Transaction,
} from '../../persistence/index.js';
import type { Wakeups } from '../wakeups.js';
import { IntakeFull, StreamIntake, type StreamBatch } from './stream-intake.js';
import type { StreamParts } from './stream-parts.js';

type Also = (tx: Transaction) => Promise<void>;

/** Batches that somebody waits for. */
interface Waiting {
  readonly batches: readonly StreamBatch[];
  readonly also: Also | undefined;
  readonly bytes: number;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

export interface StreamWriterParts {
  readonly database: Database;
  readonly streams: StreamStore;
  readonly entries: StreamEntryStore;
  readonly parts: StreamParts;
  readonly wakeups: Wakeups;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Bytes that may wait to be stored in this process. */
  readonly maxWaitingBytes: number;
}

/** What goes into one transaction at the most. */
const MAX_BYTES = 8 * 1_048_576;
/** What an entry costs beside its text, roughly. */
const ENTRY_BYTES = 100;

/**
 * Stores what comes in: whatever has come while a transaction was under way goes into the next one, so that a commit is
 * shared by many senders. One transaction at a time in a process; several processes take turns stream by stream.
 */
export class StreamWriter extends StreamIntake {
  private waiting: Waiting[] = [];
  private waitingBytes = 0;
  private isRunning = false;

  constructor(private readonly parts: StreamWriterParts) {
    super();
  }

  append(batches: readonly StreamBatch[], also?: Also): Promise<void> {
    const bytes = sizeOf(batches);
    // One that alone is more than there is room for has to be taken all the same.
    if (this.waitingBytes > 0 && this.waitingBytes + bytes > this.parts.maxWaitingBytes)
      return Promise.reject(new IntakeFull());
    this.waitingBytes += bytes;
    return new Promise<void>((done, failed) => {
      this.waiting.push({ batches, also, bytes, done, failed });
      if (!this.isRunning) void this.run();
    });
  }

  /** Never rejects: whoever waits is told. */
  private async run(): Promise<void> {
    this.isRunning = true;
    // What comes in the same turn of the event loop goes together.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.waiting.length > 0) await this.storeAll(this.next());
    this.isRunning = false;
  }

  /**
   * What has something of its own to write goes alone: it may fail for reasons of its own. It goes in its turn, but the
   * others share a transaction all the same, also those that came after it: one sender's come after each other, not at once.
   */
  private next(): Waiting[] {
    if (this.waiting[0]?.also) return this.waiting.splice(0, 1);
    const [group, left]: [Waiting[], Waiting[]] = [[], []];
    let [bytes, isFull] = [0, false];
    for (const one of this.waiting) {
      if (!one.also) isFull ||= group.length > 0 && bytes + one.bytes > MAX_BYTES;
      if (one.also || isFull) left.push(one);
      else {
        group.push(one);
        bytes += one.bytes;
      }
    }
    this.waiting = left;
    return group;
  }

  private async storeAll(group: readonly Waiting[]): Promise<void> {
    try {
      await this.store(group);
    } catch (error) {
      // One that the database refuses must not take the others with it. Where it went away nobody knows whether it has them.
      if (group.length > 1 && !isDatabaseAway(error)) for (const one of group) await this.storeAll([one]);
      else for (const one of group) this.end(one, ({ failed }) => failed(error));
      return;
    }
    for (const one of group) this.end(one, ({ done }) => done());
  }

  private end(waiting: Waiting, say: (waiting: Waiting) => void): void {
    this.waitingBytes -= waiting.bytes;
    say(waiting);
  }

  private async store(group: readonly Waiting[]): Promise<void> {
    const { database, metrics } = this.parts;
    const batches = merged(group.flatMap((one) => one.batches));
    const ids = await database.transaction(async (tx) => {
      const numbered = await this.number(tx, batches);
      for (const { place, batch } of numbered) await this.parts.entries.add(tx, place, batch.entries);
      for (const { also } of group) await also?.(tx);
      return numbered.map(({ place }) => place.id);
    });
    for (const { source, entries } of batches) metrics.streamEntriesAccepted.inc({ source }, entries.length);
    void this.wake(ids);
  }

  /** Never rejects: what is not woken is found by the sweeper. */
  private async wake(streamIds: readonly number[]): Promise<void> {
    const { database, streams, wakeups, clock, logger } = this.parts;
    try {
      this.tellStored();
      await wakeups.wake(await streams.ready(database, streamIds, clock.now()));
    } catch (error) {
      logger.warn({ event: 'stream.wake.failed', error: String(error) });
    }
  }

  /** Locks all streams, in one order, before anything is added: two that need the same ones do not wait for each other in a ring. */
  private async number(
    tx: Transaction,
    batches: readonly StreamBatch[],
  ): Promise<{ readonly place: Numbered; readonly batch: StreamBatch }[]> {
    const { streams, parts, clock } = this.parts;
    const known: { key: string; batch: StreamBatch; registered: string | undefined }[] = [];
    for (const batch of batches) {
      const registered = await streams.registered(tx, batch.projectId, batch.cluster);
      known.push({
        key: `${batch.projectId}/${batch.source}/${registered ?? batch.cluster}`,
        batch,
        registered,
      });
    }
    const result: { place: Numbered; batch: StreamBatch }[] = [];
    for (const { batch, registered } of known.toSorted((one, other) => (one.key < other.key ? -1 : 1))) {
      const { entries } = batch;
      const now = clock.now();
      const key = { ...batch, cluster: registered ?? batch.cluster };
      const place = await streams.number(tx, key, registered !== undefined, entries.length, now.getTime());
      if (!place) throw tooManyNames(batch.cluster);
      await streams.owe(tx, place.id, place.lastSeq - entries.length, place.acceptedMs, now);
      result.push({ place, batch });
    }
    for (const { place } of result) await parts.cover(tx, place.acceptedMs);
    return result;
  }
}

const tooManyNames = (cluster: string): Problem =>
  badRequest({
    cluster: `"${cluster}" is no registered cluster, and more than ${MAX_NAMED_CLUSTERS} that are not a project cannot have: register it, or send under a known name`,
  });

/** Batches of the same stream one after the other as one, in the order in which they came. */
function merged(batches: readonly StreamBatch[]): StreamBatch[] {
  const streams = new Map<string, StreamBatch[]>();
  for (const batch of batches) {
    if (batch.entries.length === 0) continue;
    const key = JSON.stringify([batch.projectId, batch.source, batch.cluster]);
    const present = streams.get(key);
    if (present) present.push(batch);
    else streams.set(key, [batch]);
  }
  return [...streams.values()].map((parts) =>
    parts.length === 1 ? parts[0]! : { ...parts[0]!, entries: parts.flatMap(({ entries }) => entries) },
  );
}

function sizeOf(batches: readonly StreamBatch[]): number {
  let bytes = 0;
  for (const { entries } of batches) for (const { body } of entries) bytes += body.length + ENTRY_BYTES;
  return bytes;
}
