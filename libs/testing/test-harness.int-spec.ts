import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createEmptyDatabase,
  createTestDatabase,
  testRedisUrl,
  uniqueKeyPrefix,
  type TestDatabase,
} from './index.js';

describe('test database', () => {
  let first: TestDatabase;
  let second: TestDatabase;
  beforeAll(async () => {
    [first, second] = await Promise.all([createTestDatabase(), createTestDatabase()]);
  });
  afterAll(() => Promise.all([first.close(), second.close()]));

  const add = 'INSERT INTO organizations (id, name, created_at) VALUES ($1, $2, now())';

  it('has the schema and no rows', async () => {
    expect(await first.database.query('SELECT * FROM issues')).toEqual([]);
  });

  it('shares no row with another', async () => {
    await first.database.query(add, ['o1', 'acme']);
    expect(await second.database.query('SELECT * FROM organizations')).toEqual([]);
  });

  it('is gone after close, though somebody was connected', async () => {
    const third = await createTestDatabase();
    const held = third.database.dataSource.createQueryRunner();
    await held.connect();
    await held.release();
    const name = new URL(third.url).pathname.slice(1);
    await third.close();
    expect(await first.database.query('SELECT 1 FROM pg_database WHERE datname = $1', [name])).toEqual([]);
  });

  it('comes empty for whoever migrates it', async () => {
    const empty = await createEmptyDatabase();
    expect(empty.url).not.toBe(first.url);
    await empty.close();
  });
});

describe.skipIf(testRedisUrl() === undefined)('test Redis', () => {
  it('answers', async () => {
    const redis = new Redis(testRedisUrl() as string, { keyPrefix: uniqueKeyPrefix() });
    await redis.set('greeting', 'hello');
    expect(await redis.get('greeting')).toBe('hello');
    await redis.del('greeting');
    redis.disconnect();
  });
});
