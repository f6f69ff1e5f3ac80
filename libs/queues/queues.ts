import { setTimeout as delay } from 'node:timers/promises';
import type { Queue, Worker } from 'bullmq';
import { Places } from '../domain/index.js';
import { BullJobQueue } from './bull-job-queue.js';
import { createConnection, type QueueConnection, type QueuesOptions } from './connection.js';
import type { JobHandler, JobQueue } from './job-queue.js';

export interface WorkOptions {
  /** Jobs of this queue that run at once in this process. */
  readonly concurrency: number;
  /**
   * For handlers that take seconds and mostly wait: a job counts as done for the queue as soon as its handler runs. While
   * jobs are active BullMQ looks for those whose time has come only when one of them ends, so they would come late by as
   * long as a handler takes. A wake-up no longer waits for the handler that runs: it has to cope with being called again.
   */
  readonly isDetached?: boolean;
}

/** Queue of a sink's due deliveries. */
export const sinkQueueName = (sink: string): string => `sink.${sink}`;

/** A job that is not renewed for so long counts as abandoned, in milliseconds. */
const LOCK_MS = 15_000;
const STALLED_CHECK_MS = 5_000;
/** Jobs of a detached queue that are between being taken and being handed over. */
const DETACHED_CONCURRENCY = 16;
/** How long a queue may take to say goodbye when nothing runs any more; it never does while its Redis is away. */
const CLOSE_PATIENCE_MS = 3_000;

/** Every queue and worker of this process: `connect`, then name the handlers, then `start`. */
export class Queues {
  private readonly queues = new Map<string, BullJobQueue<never>>();
  private readonly handlers = new Map<string, { handler: JobHandler<never>; options: WorkOptions }>();
  private readonly workers: Worker[] = [];
  private readonly running = new Set<Promise<void>>();
  private connection: QueueConnection | undefined;

  constructor(private readonly options: QueuesOptions) {}

  /** The queue of that name; the same object each time. */
  define<Payload>(name: string): JobQueue<Payload> {
    let queue = this.queues.get(name);
    if (!queue) {
      queue = new BullJobQueue<never>(name, () => this.openQueue(name));
      this.queues.set(name, queue);
    }
    return queue;
  }

  /** Names the one handler of a queue. Throws when there is one already. */
  work<Payload>(name: string, handler: JobHandler<Payload>, options: WorkOptions): void {
    if (this.handlers.has(name)) throw new Error(`The queue ${name} has two handlers`);
    this.handlers.set(name, { handler, options });
  }

  /** Queues that have a handler in this process. */
  get handled(): string[] {
    return [...this.handlers.keys()];
  }

  /** Connects and prepares the schema where there is one. From now on the queues can be used. */
  async connect(): Promise<void> {
    this.connection = await createConnection(this.options);
  }

  /** Starts the workers: from now on the handlers are called. */
  async start(): Promise<void> {
    for (const [name, { handler, options }] of this.handlers) this.startWorker(name, handler, options);
    await Promise.all(this.workers.map((worker) => worker.waitUntilReady()));
  }

  /** Takes no further job, waits for the running ones, then closes every connection. Also when the queues are away. */
  async stop(): Promise<void> {
    const closed = Promise.allSettled(this.workers.map((worker) => worker.close())).then(() =>
      Promise.all(this.running),
    );
    const idle = async (): Promise<void> => {
      // A job that was being fetched may begin now.
      do {
        await Promise.all(this.running);
        await delay(CLOSE_PATIENCE_MS, undefined, { ref: false });
      } while (this.running.size > 0);
    };
    await Promise.race([closed, idle()]);
    const left = Promise.allSettled([...this.queues.values()].map((queue) => queue.close()));
    await Promise.race([left, delay(CLOSE_PATIENCE_MS, undefined, { ref: false })]);
    await this.connection?.close();
  }

  private openQueue(name: string): Queue {
    if (!this.connection) throw new Error(`The queue ${name} was used before the queues were connected`);
    const queue = this.connection.openQueue(name);
    queue.on('error', (error) => this.report(name, error));
    return queue;
  }

  private startWorker(name: string, handler: JobHandler<never>, options: WorkOptions): void {
    const { concurrency, isDetached = false } = options;
    const places = new Places(concurrency);
    const worker = this.connection!.openWorker(
      name,
      async (job) => {
        if (isDetached) await places.take();
        const run = this.handle(name, handler, job.data as never).finally(() => {
          this.running.delete(run);
          if (isDetached) places.giveBack();
        });
        this.running.add(run);
        if (!isDetached) return run;
      },
      {
        concurrency: isDetached ? DETACHED_CONCURRENCY : concurrency,
        lockDuration: LOCK_MS,
        stalledInterval: STALLED_CHECK_MS,
        removeOnComplete: { count: 0 },
        removeOnFail: { count: 0 },
      },
    );
    worker.on('error', (error) => this.report(name, error));
    this.workers.push(worker);
  }

  private async handle(name: string, handler: JobHandler<never>, payload: never): Promise<void> {
    try {
      await handler(payload);
    } catch (error) {
      // The queue does not repeat it: what is still due stands in the database.
      this.options.logger.error({ event: 'job.failed', queue: name, error: errorText(error) });
    }
  }

  private report(queue: string, error: Error): void {
    this.options.logger.warn({ event: 'queue.errored', queue, error: error.message });
  }
}

const errorText = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);
