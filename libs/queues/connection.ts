import {
  createPostgresBackend,
  Queue,
  runMigrations,
  Worker,
  type Processor,
  type PgPool,
  type WorkerOptions,
} from 'bullmq';
import { Redis } from 'ioredis';
import pg from 'pg';
import type { Logger } from '../observability/index.js';

export interface QueuesOptions {
  /** Where the queues live when there is no Redis. */
  readonly databaseUrl: string;
  readonly redisUrl?: string | undefined;
  /** Keeps several hubs on one Redis apart. */
  readonly prefix?: string;
  readonly logger: Logger;
}

/** How queues and workers reach the place where the queues live. */
export interface QueueConnection {
  openQueue(name: string): Queue;
  openWorker(name: string, processor: Processor, options: Omit<WorkerOptions, 'connection'>): Worker;
  close(): Promise<void>;
}

/** Schema of the queues in PostgreSQL. */
const SCHEMA = 'bullmq';
const POOL_SIZE = 12;

/** Redis when its URL is given, PostgreSQL otherwise. Throws when it cannot be reached. */
export function createConnection(options: QueuesOptions): Promise<QueueConnection> {
  return options.redisUrl ? connectRedis(options.redisUrl, options) : connectPostgres(options);
}

async function connectPostgres({ databaseUrl, logger }: QueuesOptions): Promise<QueueConnection> {
  // One pool for all queues and workers of the process; each worker holds one of its connections to listen.
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    options: `-c search_path=${SCHEMA}`,
    application_name: 'spillway-queues',
    max: POOL_SIZE,
    keepAlive: true,
  });
  pool.on('error', (error) => logger.warn({ event: 'queue.connection.lost', error: error.message }));
  pool.setMaxListeners(50);
  const client = await pool.connect();
  try {
    await runMigrations(client, SCHEMA);
  } finally {
    client.release();
  }
  const connection = pool as unknown as PgPool;
  return {
    openQueue: (name) => new Queue(name, { connection }, createPostgresBackend) as unknown as Queue,
    openWorker: (name, processor, workerOptions) =>
      new Worker(
        name,
        processor,
        { ...workerOptions, connection },
        createPostgresBackend,
      ) as unknown as Worker,
    close: () => pool.end(),
  };
}

async function connectRedis(
  url: string,
  { logger, prefix = 'spillway' }: QueuesOptions,
): Promise<QueueConnection> {
  // A producer must not wait for a Redis that is away: the sweeper wakes what it could not.
  const producer = new Redis(url, { enableOfflineQueue: false, maxRetriesPerRequest: 1, lazyConnect: true });
  const consumer = new Redis(url, { maxRetriesPerRequest: null, lazyConnect: true });
  let lastError: Error | undefined;
  for (const redis of [producer, consumer]) {
    redis.on('error', (error) => {
      lastError = error;
      logger.warn({ event: 'queue.connection.lost', error: error.message });
    });
  }
  try {
    await Promise.all([producer.connect(), consumer.connect()]);
  } catch (error) {
    for (const redis of [producer, consumer]) redis.disconnect();
    // What `connect` throws says no more than that the connection is closed.
    const reason = (lastError ?? (error as Error)).message;
    throw new Error(`The Redis of REDIS_URL cannot be reached: ${reason}`, { cause: error });
  }
  return {
    openQueue: (name) => new Queue(name, { connection: producer, prefix }),
    openWorker: (name, processor, workerOptions) =>
      new Worker(name, processor, { ...workerOptions, connection: consumer, prefix }),
    // Not `quit`: that would wait for a Redis that is away. Nothing is under way any more.
    close: async () => {
      for (const redis of [producer, consumer]) redis.disconnect();
    },
  };
}
