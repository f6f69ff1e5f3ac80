import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { silentLogger } from '../observability/index.js';
import { ObservationStore, type Database } from '../persistence/index.js';
import { createTestDatabase, ManualClock, type TestDatabase } from '../testing/index.js';
import { ObservationRetention } from './observation-retention.js';

const HOUR_MS = 3_600_000;
const clock = new ManualClock('2026-01-03T00:00:00Z');
let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.close());

/** One round a minute of three days, of which the last is the present. */
beforeEach(async () => {
  await test.database.query('TRUNCATE observations');
  await test.database.query(
    `INSERT INTO observations (cluster_id, round, at, look)
     SELECT 'a', 'host', $1::timestamptz - n * interval '1 minute', '{}' FROM generate_series(0, 4319) AS n`,
    [clock.now()],
  );
});

const retention = (database: Database = test.database) =>
  new ObservationRetention(database, new ObservationStore(), 48 * HOUR_MS, clock, silentLogger);
const count = async (): Promise<number> =>
  (await test.database.query<{ count: number }>('SELECT count(*)::integer AS count FROM observations'))[0]!
    .count;

it('forgets what is older than it is to be kept, and nothing else', async () => {
  expect(await retention().run()).toBe(1_439);
  expect(await count()).toBe(48 * 60 + 1);
  expect(await retention().run()).toBe(0);
});

it('is shared by collectors: each row is forgotten once', async () => {
  clock.advance(24 * HOUR_MS);
  const forgotten = await Promise.all([1, 2, 3].map(() => retention().run()));
  clock.advance(-24 * HOUR_MS);
  expect(await retention().run()).toBe(0);
  expect(forgotten.reduce((sum, rows) => sum + rows, 0)).toBe(2_879);
  expect(await count()).toBe(1_441);
});

it('stops after the batch that runs', async () => {
  const stopped = retention();
  await stopped.stop();
  expect(await stopped.run()).toBe(0);
  expect(await count()).toBe(4_320);
});
