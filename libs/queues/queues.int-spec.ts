import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../observability/index.js';
import { createTestDatabase, testRedisUrl, waitUntil, type TestDatabase } from '../testing/index.js';
import { startRedis } from '../testing/redis-server.js';
import { Queues, type WorkOptions } from './queues.js';

interface Job {
  readonly n: number;
}

/** A promise and the function that resolves it. */
function gate(): { opened: Promise<void>; open: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: resolve };
}

const redisUrl = testRedisUrl();
const backends = [
  { backend: 'PostgreSQL', redis: undefined, available: true },
  { backend: 'Redis', redis: redisUrl, available: redisUrl !== undefined },
];

describe.each(backends)('queues on $backend', ({ redis, available }) => {
  let database: TestDatabase;
  const running: Queues[] = [];

  beforeEach(async () => {
    database = await createTestDatabase();
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((queues) => queues.stop()));
    await database.close();
  });

  async function start(
    handle: (job: Job) => Promise<void>,
    options: WorkOptions = { concurrency: 4 },
  ): Promise<Queues> {
    const prefix = database.url.split('/').at(-1)!;
    const queues = new Queues({ databaseUrl: database.url, redisUrl: redis, prefix, logger: silentLogger });
    running.push(queues);
    await queues.connect();
    queues.work<Job>('sink.test', handle, options);
    await queues.start();
    return queues;
  }

  it.runIf(available)('hands every payload to the handler', async () => {
    const seen: number[] = [];
    const queues = await start(async ({ n }) => void seen.push(n));
    const queue = queues.define<Job>('sink.test');
    await queue.wake('a', { n: 1 });
    await queue.wakeMany([2, 3, 4].map((n) => ({ id: `b${n}`, payload: { n } })));
    await waitUntil(() => seen.length === 4, { what: 'four jobs' });
    expect(seen.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4]);
  });

  it.runIf(available)(
    'collapses the wake-ups of one id while it runs, and never loses the last',
    async () => {
      const first = gate();
      const seen: number[] = [];
      const queues = await start(async ({ n }) => {
        seen.push(n);
        if (n === 1) await first.opened;
      });
      const queue = queues.define<Job>('sink.test');
      await queue.wake('same', { n: 1 });
      await waitUntil(() => seen.length === 1, { what: 'the first job' });
      for (const n of [2, 3, 4, 5]) await queue.wake('same', { n });
      await queue.wake('other', { n: 9 });
      await waitUntil(() => seen.includes(9), { what: 'the job of another id' });
      expect(seen).toEqual([1, 9]);
      first.open();
      await waitUntil(() => seen.includes(5), { what: 'the last wake-up' });
      expect(seen).toEqual([1, 9, 5]);
    },
  );

  it.runIf(available)('goes on after a handler threw', async () => {
    const seen: number[] = [];
    const queues = await start(async ({ n }) => {
      seen.push(n);
      if (n === 1) throw new Error('as scripted');
    });
    const queue = queues.define<Job>('sink.test');
    await queue.wake('same', { n: 1 });
    await waitUntil(() => seen.length === 1, { what: 'the job that throws' });
    await waitUntil(
      async () => {
        await queue.wake('same', { n: 2 });
        return seen.includes(2);
      },
      { what: 'the job after it' },
    );
  });

  it.runIf(available)('repeats what is scheduled until it is unscheduled, and lists it', async () => {
    const seen: number[] = [];
    const queues = await start(async ({ n }) => void seen.push(n));
    const queue = queues.define<Job>('sink.test');
    await queue.schedule('every', 100, 0, { n: 7 });
    expect(await queue.schedules()).toEqual(['every']);
    await waitUntil(() => seen.length >= 3, { what: 'three ticks' });
    await queue.unschedule('every');
    expect(await queue.schedules()).toEqual([]);
  });

  it.runIf(available)('begins what is scheduled at its phase, not at once', async () => {
    const seen: number[] = [];
    const queues = await start(async () => void seen.push(Date.now()));
    const begun = Date.now();
    await queues.define<Job>('sink.test').schedule('every', 1_000, (begun + 600) % 1_000, { n: 7 });
    await waitUntil(() => seen.length > 0, { what: 'the first tick' });
    expect(seen[0]! - begun).toBeGreaterThan(500);
  });

  it.runIf(available)('runs once later however often it is asked, and again when that one asks', async () => {
    const seen: number[] = [];
    const queues = await start(async ({ n }) => {
      seen.push(n);
      if (n < 3) await queues.define<Job>('sink.test').wakeLater('same', { n: n + 1 }, 200);
    });
    const queue = queues.define<Job>('sink.test');
    await queue.wakeLater('same', { n: 1 }, 200);
    await queue.wakeLater('same', { n: 9 }, 200);
    await waitUntil(() => seen.length === 3, { what: 'three jobs, each asked for by the one before' });
    expect(seen).toEqual([1, 2, 3]);
  });

  it.runIf(available)('detached, hands over what is due while handlers run', async () => {
    const seen: number[] = [];
    const first = gate();
    const queues = await start(
      async ({ n }) => {
        seen.push(n);
        if (n <= 2) await first.opened;
      },
      { concurrency: 2, isDetached: true },
    );
    const queue = queues.define<Job>('sink.test');
    await queue.wake('same', { n: 1 });
    await waitUntil(() => seen.length === 1, { what: 'the first job' });
    await queue.wakeLater('later', { n: 2 }, 100);
    await waitUntil(() => seen.length === 2, { what: 'the job that is due meanwhile' });
    await queue.wake('third', { n: 3 });
    first.open();
    await waitUntil(() => seen.length === 3, { what: 'the third job, when there is room' });
  });

  it.runIf(available)('detached, runs no more handlers at once than it may', async () => {
    const gates = Array.from({ length: 40 }, gate);
    let [busy, most, ended] = [0, 0, 0];
    const queues = await start(
      async ({ n }) => {
        most = Math.max(most, ++busy);
        await gates[n]!.opened;
        busy -= 1;
        ended += 1;
      },
      { concurrency: 3, isDetached: true },
    );
    const jobs = gates.map((_, n) => ({ id: `${n}`, payload: { n } }));
    await queues.define<Job>('sink.test').wakeMany(jobs);
    for (const [n, { open }] of gates.entries()) {
      await waitUntil(() => busy === Math.min(3, 40 - ended), { what: `room to be used after ${n}` });
      open();
    }
    await waitUntil(() => ended === 40, { what: 'all jobs to end' });
    expect(most).toBe(3);
  });

  it.runIf(available).each([false, true])(
    'waits for running jobs when it stops (detached: %s)',
    async (isDetached) => {
      const begun = gate();
      const finish = gate();
      let ended = false;
      const queues = await start(
        async () => {
          begun.open();
          await finish.opened;
          ended = true;
        },
        { concurrency: 4, isDetached },
      );
      await queues.define<Job>('sink.test').wake('a', { n: 1 });
      await begun.opened;
      const stopping = queues.stop();
      running.splice(0);
      finish.open();
      await stopping;
      expect(ended).toBe(true);
    },
  );

  it.runIf(available)('keeps nothing of a job that is done', async () => {
    const seen: number[] = [];
    const queues = await start(async ({ n }) => void seen.push(n));
    await queues.define<Job>('sink.test').wake('a', { n: 1 });
    await waitUntil(() => seen.length === 1, { what: 'the job' });
    await waitUntil(async () => (await queues.define<Job>('sink.test').pending()) === 0, {
      what: 'an empty queue',
    });
  });

  it.runIf(available)('takes more wake-ups at once than PostgreSQL has locks', async () => {
    const prefix = database.url.split('/').at(-1)!;
    const queues = new Queues({ databaseUrl: database.url, redisUrl: redis, prefix, logger: silentLogger });
    running.push(queues);
    await queues.connect();
    const queue = queues.define<Job>('sink.test');
    await queue.wakeMany(Array.from({ length: 30_000 }, (_, n) => ({ id: `${n}`, payload: { n } })));
    expect(await queue.pending()).toBe(30_000);
  });

  it.runIf(available)('refuses a second handler of one queue', async () => {
    const queues = await start(async () => undefined);
    expect(() => queues.work<Job>('sink.test', async () => undefined, { concurrency: 1 })).toThrow(
      /two handlers/,
    );
  });
});

it.runIf(redisUrl !== undefined)('queues on Redis stop within seconds while it is away', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'spillway-redis-'));
  const redis = (await startRedis(directory))!;
  const queues = new Queues({ databaseUrl: '', redisUrl: redis.url, logger: silentLogger });
  await queues.connect();
  queues.work<Job>('sink.test', async () => undefined, { concurrency: 4 });
  await queues.start();
  await queues.define<Job>('sink.test').wake('a', { n: 1 });
  await redis.stop();
  await queues.stop();
  await rm(directory, { recursive: true });
});
