import type { Clock } from '../../domain/index.js';
import type { Logger } from '../../observability/logging/index.js';
import { RECORD_KINDS, type RecordKind } from '../record/index.js';
import type { EventStoreStats } from '../stats/index.js';
import type { StorageBackend } from '../storage/index.js';
import { nextDaily, timerSchedule, type Schedule } from './daily.js';

const DAILY_HOUR = 3;
const RETRY_MS = 5 * 60_000;
/** Timers know nothing of machines that slept or clocks that were set: the time is looked at again by then. */
const LONGEST_WAIT_MS = 3_600_000;

export interface RetentionParts {
  readonly backend: Pick<StorageBackend, 'forget'>;
  /** How long records of each kind are kept, in milliseconds; undefined: for ever. */
  readonly policy: Readonly<Record<RecordKind, number | undefined>>;
  readonly stats: EventStoreStats;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly schedule?: Schedule;
}

/**
 * Forgets what is too old: at once when it starts, and every day at 03:00 by this machine's clock and zone. What fails is
 * logged, counted, and tried again five minutes later.
 */
export class Retention {
  private dueMs = 0;
  private isStopped = true;
  private cancel: () => void = () => undefined;

  constructor(private readonly parts: RetentionParts) {}

  /** Holds nobody up: the first run goes on by itself. */
  start(): void {
    this.isStopped = false;
    void this.run();
  }

  /**
   * Begins nothing more. Does not wait for what is being forgotten: those who write are waiting to be stopped, too. The
   * backend ends it when it closes.
   */
  stop(): Promise<void> {
    this.isStopped = true;
    this.cancel();
    return Promise.resolve();
  }

  private async run(): Promise<void> {
    const failed: RecordKind[] = [];
    for (const kind of RECORD_KINDS) {
      const keptMs = this.parts.policy[kind];
      if (keptMs === undefined || this.isStopped) continue;
      if (!(await this.forget(kind, keptMs))) failed.push(kind);
    }
    const now = this.parts.clock.now();
    const dailyMs = nextDaily(DAILY_HOUR, now).getTime();
    this.dueMs = failed.length > 0 ? Math.min(dailyMs, now.getTime() + RETRY_MS) : dailyMs;
    this.wait();
  }

  private wait(): void {
    if (this.isStopped) return;
    const { clock, schedule = timerSchedule } = this.parts;
    const leftMs = this.dueMs - clock.now().getTime();
    this.cancel = schedule(Math.min(Math.max(leftMs, 0), LONGEST_WAIT_MS), () => {
      if (clock.now().getTime() < this.dueMs) this.wait();
      else void this.run();
    });
  }

  /** Resolves with whether it succeeded. */
  private async forget(kind: RecordKind, keptMs: number): Promise<boolean> {
    const { backend, stats, clock, logger } = this.parts;
    const upToMs = clock.now().getTime() - keptMs;
    const upTo = new Date(upToMs).toISOString();
    try {
      const count = await backend.forget(kind, upToMs);
      if (count > 0) stats.count('backend.status', 'deletes', count);
      logger.info({ event: 'event-store.records.forgotten', kind, upTo, count });
      return true;
    } catch (error) {
      stats.count('manager.errors', 'retention_failed');
      stats.count('backend.errors', 'delete_sql_exec_failed');
      const reason = error instanceof Error ? error.message : String(error);
      logger.error({ event: 'event-store.retention.failed', kind, upTo, reason, retryMs: RETRY_MS });
      return false;
    }
  }
}
