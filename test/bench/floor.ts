import { createPostgresBackend, Queue, runMigrations, Worker, type PgPool } from 'bullmq';
import { Redis } from 'ioredis';
import pg from 'pg';
import { paced, summarize, type Summary } from './statistics.js';

const QUEUE = 'floor';

/** Bare BullMQ, one process: from `add` to the processor, at the same rate as the hub is measured. */
export async function measureFloor(
  backend: { postgresUrl: string } | { redisUrl: string },
  count: number,
  perSecond: number,
): Promise<Summary> {
  const { queue, startWorker, close } = await ('redisUrl' in backend
    ? onRedis(backend)
    : onPostgres(backend));
  const addedAt = new Map<number, number>();
  const samples: number[] = [];
  const { promise: done, resolve } = Promise.withResolvers<void>();
  const worker = startWorker((index) => {
    samples.push(performance.now() - addedAt.get(index)!);
    if (samples.length === count) resolve();
  });
  await worker.waitUntilReady();
  await paced(count, perSecond, async (index) => {
    addedAt.set(index, performance.now());
    await queue.add('job', { index }, { removeOnComplete: true });
  });
  await done;
  await worker.close();
  await queue.close();
  await close();
  return summarize(samples);
}

interface Bare {
  readonly queue: Queue;
  readonly startWorker: (process: (index: number) => void) => Worker;
  readonly close: () => Promise<void>;
}

const indexOf = (data: unknown): number => (data as { index: number }).index;

async function onPostgres({ postgresUrl }: { postgresUrl: string }): Promise<Bare> {
  const pool = new pg.Pool({
    connectionString: postgresUrl,
    options: '-c search_path=bullmq',
    keepAlive: true,
  });
  const client = await pool.connect();
  await runMigrations(client, 'bullmq');
  client.release();
  const connection = pool as unknown as PgPool;
  return {
    queue: new Queue(QUEUE, { connection }, createPostgresBackend) as unknown as Queue,
    startWorker: (process) =>
      new Worker(
        QUEUE,
        async ({ data }) => process(indexOf(data)),
        { connection },
        createPostgresBackend,
      ) as unknown as Worker,
    close: () => pool.end(),
  };
}

async function onRedis({ redisUrl }: { redisUrl: string }): Promise<Bare> {
  const connection = new Redis(redisUrl, { maxRetriesPerRequest: null });
  const prefix = 'spillway-bench-floor';
  return {
    queue: new Queue(QUEUE, { connection, prefix }),
    startWorker: (process) =>
      new Worker(QUEUE, async ({ data }) => process(indexOf(data)), { connection, prefix }),
    close: async () => {
      await connection.quit();
    },
  };
}
