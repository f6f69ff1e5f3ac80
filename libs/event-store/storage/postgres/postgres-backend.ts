import type pg from 'pg';
import type { Clock } from '../../../domain/index.js';
import type { Logger } from '../../../observability/logging/index.js';
import type { EventRecord, RecordKind } from '../../record/index.js';
import {
  StorageRefused,
  type PageBounds,
  type SelectedRecords,
  type Selection,
  type StorageBackend,
  type StorageMark,
} from '../storage-backend.js';
import { batchesOf, copyRecords, type Batch } from './copy-records.js';
import { forgetRecords } from './forget-records.js';
import { hostsOf, KnownHosts, removeHosts } from './known-hosts.js';
import { readMark } from './marks.js';
import { PartKeeper } from './part-keeper.js';
import { EARLIEST_MS, LATEST_MS } from './part-plan.js';
import { RecordIds } from './record-ids.js';
import { readRows, selectStatement, type Row } from './select-statement.js';
import { asStorage, isPartMissing, reasonOf } from './storage-failure.js';

const PART_TRIES = 3;

export interface PostgresParts {
  readonly logger: Logger;
  readonly clock: Clock;
  /** How long records of a kind are kept; undefined: for ever. Tells how much time goes into one part. */
  readonly keptMs: Readonly<Record<RecordKind, number | undefined>>;
}

/** Two pools: whoever asks much does not hold up those who store. */
export interface Pools {
  readonly writing: pg.Pool;
  readonly reading: pg.Pool;
}

/** Records in a database whose tables are up to date. */
export class PostgresBackend implements StorageBackend {
  private readonly ids: RecordIds;
  private readonly knownHosts = new KnownHosts();
  private readonly parts: Readonly<Record<RecordKind, PartKeeper>>;
  private readonly logger: Logger;
  private readonly closing = new AbortController();
  private readonly underWay = new Set<Promise<unknown>>();

  constructor(
    private readonly pools: Pools,
    { logger, clock, keptMs }: PostgresParts,
  ) {
    this.logger = logger;
    this.ids = new RecordIds(async () => {
      const { rows } = await pools.writing.query<{ id: string }>(`SELECT nextval('event_store_ids') AS id`);
      return Number(rows[0]!.id);
    });
    const keeperOf = (kind: RecordKind): PartKeeper =>
      new PartKeeper(pools.writing, kind, keptMs[kind], clock);
    this.parts = { event: keeperOf('event'), log: keeperOf('log') };
  }

  store(records: readonly EventRecord[], mark?: StorageMark): Promise<void> {
    if (records.length === 0 && !mark) return Promise.resolve();
    if (!records.every(({ timeMs }) => isStorableTime(timeMs)))
      return Promise.reject(new StorageRefused('A record is of no time that can be stored.'));
    return this.tracked(async () => {
      const batches = records.length === 0 ? [] : batchesOf(records, await this.ids.take(records.length));
      const news = this.knownHosts.newsOf(records);
      for (let tries = 1; ; tries += 1) {
        await this.cover(batches);
        try {
          await copyRecords(this.pools.writing, { batches, news, mark });
          break;
        } catch (error) {
          if (!isPartMissing(error) || tries >= PART_TRIES) throw error;
          // Another process has forgotten it since we saw it.
          for (const { records: of } of batches) this.parts[of[0]!.kind].forgetKnown();
        }
      }
      this.knownHosts.remember(news);
      this.prepareParts();
    });
  }

  select(selection: Selection, bounds: PageBounds): Promise<SelectedRecords> {
    const statement = selectStatement(selection, bounds);
    if (!statement) return Promise.resolve({ records: [], hasMore: false });
    return this.tracked(async () => {
      const { rows } = await this.pools.reading.query<unknown[]>(statement);
      return readRows(selection, bounds.limit, rows as unknown as Row[]);
    });
  }

  hosts(cluster: string): Promise<string[]> {
    if (cluster.includes('\0')) return Promise.resolve([]);
    return this.tracked(() => hostsOf(this.pools.reading, cluster));
  }

  readMark(name: string): Promise<string | undefined> {
    return this.tracked(() => readMark(this.pools.reading, name));
  }

  forget(kind: RecordKind, upToMs: number): Promise<number> {
    return this.tracked(async () => {
      const boundMs = Math.floor(Math.min(upToMs, LATEST_MS));
      if (boundMs < EARLIEST_MS) return 0;
      const { logger } = this;
      const { signal } = this.closing;
      const count = await forgetRecords(this.pools.writing, kind, boundMs, { logger, signal });
      // Where it was ended early there are still records of them.
      if (signal.aborted) return count;
      await removeHosts(this.pools.writing, kind, boundMs);
      this.parts[kind].forgetKnown();
      this.knownHosts.forgetKnown();
      return count;
    });
  }

  activeTables(): Promise<number> {
    return this.tracked(async () => {
      const { rows } = await this.pools.reading.query<{ count: string }>(
        'SELECT count(*) FROM (SELECT DISTINCT cluster, kind FROM event_store_hosts) AS pair',
      );
      return Number(rows[0]!.count);
    });
  }

  async close(): Promise<void> {
    this.closing.abort();
    while (this.underWay.size > 0) await Promise.allSettled(this.underWay);
    await Promise.all([this.pools.writing.end(), this.pools.reading.end()]);
  }

  /** Makes parts ahead of need, without holding anybody up. What fails is done when it is needed. */
  prepareParts(): void {
    void this.tracked(() => Promise.all([this.parts.event.prepare(), this.parts.log.prepare()])).catch(
      (error: unknown) =>
        this.logger.warn({ event: 'event-store.parts.unprepared', reason: reasonOf(error) }),
    );
  }

  private async cover(batches: readonly Batch[]): Promise<void> {
    for (const { records } of batches) await this.parts[records[0]!.kind].cover(records);
  }

  private tracked<Result>(work: () => Promise<Result>): Promise<Result> {
    const running = asStorage(work);
    this.underWay.add(running);
    const isOver = (): void => void this.underWay.delete(running);
    running.then(isOver, isOver);
    return running;
  }
}

const isStorableTime = (timeMs: number): boolean =>
  Number.isInteger(timeMs) && timeMs >= EARLIEST_MS && timeMs < LATEST_MS;
