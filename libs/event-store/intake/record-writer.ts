import type { Logger } from '../../observability/logging/index.js';
import type { EventStoreStats } from '../stats/index.js';
import type { EventRecord } from '../record/index.js';
import { StorageUnavailable, type StorageBackend } from '../storage/index.js';
import { IntakeFull } from './intake-full.js';

/** Records that somebody waits for. */
interface Waiting {
  readonly records: readonly EventRecord[];
  readonly characters: number;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

export interface RecordWriterParts {
  readonly backend: StorageBackend;
  readonly stats: EventStoreStats;
  readonly logger: Logger;
  /** Characters that may wait to be stored in this process, roughly. */
  readonly maxWaitingCharacters: number;
}

/** What goes into one transaction at the most. */
const MAX_CHARACTERS = 8 * 1_048_576;
/** What a record costs beside its texts, roughly. */
const RECORD_CHARACTERS = 100;

/**
 * Stores records. Whatever has come while a transaction was under way goes into the next one, so that a commit is shared by
 * many senders, and nobody waits for a timer. One transaction at a time.
 */
export class RecordWriter {
  private readonly waiting: Waiting[] = [];
  private waitingCharacters = 0;
  private running: Promise<void> | undefined;
  /** Why nothing could be stored, as the log was last told; undefined while all is well. */
  private trouble: string | undefined;

  constructor(private readonly parts: RecordWriterParts) {}

  /**
   * Stores all of them or none; durable when it resolves. Throws `IntakeFull` at once when too much is waiting, and what the
   * backend throws.
   */
  append(records: readonly EventRecord[]): Promise<void> {
    if (records.length === 0) return Promise.resolve();
    const characters = sizeOf(records);
    // One that alone is more than there is room for has to be taken all the same.
    if (this.waitingCharacters > 0 && this.waitingCharacters + characters > this.parts.maxWaitingCharacters)
      return Promise.reject(new IntakeFull());
    this.waitingCharacters += characters;
    return new Promise<void>((done, failed) => {
      this.waiting.push({ records, characters, done, failed });
      this.running ??= this.run();
    });
  }

  /** Resolves when nothing waits any more. */
  async drained(): Promise<void> {
    while (this.running) await this.running;
  }

  /** Never rejects: whoever waits is told. */
  private async run(): Promise<void> {
    // What comes in the same turn of the event loop goes together.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.waiting.length > 0) await this.storeAll(this.next());
    this.running = undefined;
  }

  private next(): Waiting[] {
    let [count, characters] = [0, 0];
    for (const one of this.waiting) {
      if (count > 0 && characters + one.characters > MAX_CHARACTERS) break;
      count += 1;
      characters += one.characters;
    }
    return this.waiting.splice(0, count);
  }

  private async storeAll(group: readonly Waiting[]): Promise<void> {
    const { stats } = this.parts;
    try {
      const records = group.length === 1 ? group[0]!.records : group.flatMap((one) => one.records);
      await this.parts.backend.store(records);
      stats.count('manager.status', 'write_batch');
      stats.count('manager.status', 'flushed', records.length);
      stats.count('backend.status', 'writes', records.length);
    } catch (error) {
      // One that the database refuses must not take the others with it. Where it went away nobody knows whether it has them.
      if (group.length > 1 && !(error instanceof StorageUnavailable))
        for (const one of group) await this.storeAll([one]);
      else this.fail(group, error);
      return;
    }
    if (this.trouble !== undefined) this.parts.logger.info({ event: 'event-store.write.recovered' });
    this.trouble = undefined;
    for (const one of group) this.end(one, ({ done }) => done());
  }

  private fail(group: readonly Waiting[], error: unknown): void {
    this.parts.stats.count('manager.errors', 'write_failed');
    this.parts.stats.count('backend.errors', 'write_sql_exec_failed');
    if (error instanceof StorageUnavailable) this.noteTrouble(error.message);
    for (const one of group) this.end(one, ({ failed }) => failed(error));
  }

  /** Once, and not for each of those who come again. */
  private noteTrouble(reason: string): void {
    if (reason === this.trouble) return;
    this.trouble = reason;
    this.parts.logger.error({ event: 'event-store.write.failed', reason });
  }

  private end(waiting: Waiting, say: (waiting: Waiting) => void): void {
    this.waitingCharacters -= waiting.characters;
    say(waiting);
  }
}

function sizeOf(records: readonly EventRecord[]): number {
  let characters = 0;
  for (const { payload, tags, fields } of records)
    characters += payload.length + (tags?.length ?? 0) + (fields?.length ?? 0) + RECORD_CHARACTERS;
  return characters;
}
