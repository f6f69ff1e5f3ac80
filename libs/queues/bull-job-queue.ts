import type { JobsOptions, Queue } from 'bullmq';
import type { JobQueue } from './job-queue.js';

const REMOVE_WHEN_DONE: JobsOptions = { removeOnComplete: true, removeOnFail: true, attempts: 1 };

/**
 * Wake-ups that are added at once. On PostgreSQL each takes a lock until the batch is committed, and the server has room
 * for some 13,000 locks of everybody together: a larger batch fails, and others' statements with it.
 */
const BATCH = 500;

const wakeOptions = (id: string): JobsOptions => ({
  ...REMOVE_WHEN_DONE,
  // A plain jobId would drop a wake-up that comes while its job is active.
  deduplication: { id, keepLastIfActive: true },
});

/** A `JobQueue` on a BullMQ queue that is opened at first use. */
export class BullJobQueue<Payload> implements JobQueue<Payload> {
  private opened: Queue | undefined;

  constructor(
    readonly name: string,
    private readonly open: () => Queue,
  ) {}

  async wake(id: string, payload: Payload): Promise<void> {
    await this.queue.add('wake', payload, wakeOptions(id));
  }

  async wakeMany(jobs: readonly { readonly id: string; readonly payload: Payload }[]): Promise<void> {
    const [only] = jobs;
    if (only && jobs.length === 1) return this.wake(only.id, only.payload);
    for (let start = 0; start < jobs.length; start += BATCH) {
      const batch = jobs.slice(start, start + BATCH);
      await this.queue.addBulk(
        batch.map(({ id, payload }) => ({ name: 'wake', data: payload, opts: wakeOptions(id) })),
      );
    }
  }

  async wakeLater(id: string, payload: Payload, delayMs: number): Promise<void> {
    await this.queue.add('later', payload, {
      ...REMOVE_WHEN_DONE,
      delay: delayMs,
      // Until it is due, not until it is done: a job that runs may ask for the next one.
      deduplication: { id: `later.${id}`, ttl: delayMs },
    });
  }

  async schedule(id: string, everyMs: number, phaseMs: number, payload: Payload): Promise<void> {
    await this.queue.upsertJobScheduler(
      id,
      // To BullMQ an offset of 0 is none: it would begin at once, and go on from there.
      { every: everyMs, offset: Math.max(1, Math.floor(phaseMs % everyMs)) },
      { name: 'tick', data: payload, opts: REMOVE_WHEN_DONE },
    );
  }

  async unschedule(id: string): Promise<void> {
    await this.queue.removeJobScheduler(id);
  }

  async schedules(): Promise<string[]> {
    const schedulers = await this.queue.getJobSchedulers(0, -1);
    return schedulers.map((scheduler) => scheduler.key);
  }

  async pending(): Promise<number> {
    return this.queue.getJobCountByTypes('wait', 'active', 'delayed', 'prioritized', 'completed', 'failed');
  }

  async close(): Promise<void> {
    await this.opened?.close();
  }

  private get queue(): Queue {
    return (this.opened ??= this.open());
  }
}
