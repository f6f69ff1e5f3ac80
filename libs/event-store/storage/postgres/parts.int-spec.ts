import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ManualClock, waitUntil } from '../../../testing/index.js';
import { allOf } from '../../testing/backend-under-test.js';
import { anEventRecord, RECORDS_NOW_MS } from '../../testing/event-records.js';
import type { StorageBackend } from '../storage-backend.js';
import { createTestBackends, type TestBackends } from './postgres.fixture.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const KEPT = { event: 30 * DAY_MS, log: undefined };
const atDaysAgo = (days: number) => anEventRecord({ timeMs: RECORDS_NOW_MS - days * DAY_MS });

describe('PostgreSQL: parts by time', () => {
  let rig: TestBackends;
  let client: pg.Client;
  beforeEach(async () => {
    rig = await createTestBackends();
    client = new pg.Client(rig.url);
    await client.connect();
  });
  afterEach(async () => {
    await client.end();
    await rig.close();
  });

  const parts = async (): Promise<string[]> => {
    const { rows } = await client.query<{ name: string }>(
      `SELECT relname AS name FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
       WHERE inhparent = 'event_store_events'::regclass ORDER BY 1`,
    );
    return rows.map(({ name }) => name);
  };
  const tables = async (): Promise<string[]> => {
    const { rows } = await client.query<{ name: string }>(
      `SELECT relname AS name FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace`,
    );
    return rows.map(({ name }) => name);
  };

  const areThere = (count: number): Promise<true> =>
    waitUntil(async () => (await parts()).length === count, { what: `${count} parts to be there` });
  /** Those of today and tomorrow are there. */
  const openPrepared = async (): Promise<StorageBackend> => {
    const backend = await rig.open({ keptMs: KEPT });
    await areThere(2);
    return backend;
  };

  it('are there before they are needed, also of the time that comes next', async () => {
    const clock = new ManualClock(new Date(RECORDS_NOW_MS));
    const backend = await rig.open({ keptMs: KEPT, clock });
    await areThere(2);
    clock.advance(DAY_MS);
    await backend.store([anEventRecord({ timeMs: RECORDS_NOW_MS + DAY_MS })]);
    await areThere(3);
  });

  it('are made for any time, and a sender of hostile times makes a bounded number of them', async () => {
    const backend = await rig.open({ keptMs: KEPT });
    const records = Array.from({ length: 1_000 }, (_, index) => atDaysAgo(9_600 - index * 9.5));
    await backend.store(records);
    expect(await allOf(backend, 'alpha')).toHaveLength(1_000);
    expect((await parts()).length).toBeLessThan(50);
  });

  it('are made once when several processes open and store at the same moment', async () => {
    const backends = await Promise.all([1, 2, 3, 4].map(() => rig.open({ keptMs: KEPT })));
    const batch = [atDaysAgo(400), atDaysAgo(20), atDaysAgo(0)];
    await Promise.all(backends.map((backend) => backend.store(batch)));
    expect(await allOf(backends[0]!, 'alpha')).toHaveLength(12);
    expect(await backends[0]!.hosts('alpha')).toEqual(['node-1']);
  });

  it('are made again when another process has dropped one: no batch is lost', async () => {
    const [one, other] = [await rig.open({ keptMs: KEPT }), await rig.open({ keptMs: KEPT })];
    await one.store([atDaysAgo(40)]);
    expect(await other.forget('event', RECORDS_NOW_MS - 30 * DAY_MS)).toBe(1);
    await one.store([atDaysAgo(40), atDaysAgo(0)]);
    expect(await allOf(other, 'alpha')).toHaveLength(2);
  });

  it('go as a whole when all in them is forgotten', async () => {
    const backend = await openPrepared();
    await backend.store([atDaysAgo(400), atDaysAgo(40), atDaysAgo(0)]);
    expect(await parts()).toHaveLength(4);
    expect(await backend.forget('event', RECORDS_NOW_MS - DAY_MS)).toBe(2);
    expect(await parts()).toHaveLength(2);
    expect(await tables()).not.toContainEqual(expect.stringContaining('forgotten'));
  });

  it('are emptied while a reader keeps them busy, without holding anybody up, and go the next time', async () => {
    const backend = await openPrepared();
    await backend.store([atDaysAgo(40), atDaysAgo(0)]);
    await client.query('BEGIN; SELECT count(*) FROM event_store_events');
    expect(await backend.forget('event', RECORDS_NOW_MS - DAY_MS)).toBe(1);
    await backend.store([atDaysAgo(0)]);
    expect(await allOf(backend, 'alpha')).toHaveLength(2);
    await client.query('COMMIT');
    expect(await parts()).toHaveLength(3);
    expect(await backend.forget('event', RECORDS_NOW_MS - DAY_MS)).toBe(0);
    expect(await parts()).toHaveLength(2);
  });

  it('that a crash left half forgotten are counted and dropped by the next run', async () => {
    const backend = await openPrepared();
    await backend.store([atDaysAgo(40), atDaysAgo(40)]);
    const [part] = await parts();
    await client.query(
      `ALTER TABLE event_store_events DETACH PARTITION ${part}; ALTER TABLE ${part} RENAME TO event_store_forgotten_event_1`,
    );
    expect(await allOf(backend, 'alpha')).toEqual([]);
    const other = await rig.open({ keptMs: KEPT });
    const counts = await Promise.all([backend, other].map((one) => one.forget('event', 1)));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(2);
    expect(await tables()).not.toContain('event_store_forgotten_event_1');
  });

  it('do not take a host from a process that knows it and goes on storing records of it', async () => {
    const [one, other] = [await rig.open({ keptMs: KEPT }), await rig.open({ keptMs: KEPT })];
    await one.store([atDaysAgo(40)]);
    await other.forget('event', RECORDS_NOW_MS - 30 * DAY_MS);
    expect(await one.hosts('alpha')).toEqual([]);
    await one.store([atDaysAgo(0)]);
    await other.forget('event', RECORDS_NOW_MS - 30 * DAY_MS);
    expect(await one.hosts('alpha')).toEqual(['node-1']);
  });

  it('D16: leaves tables alone that cc-event-store made in the same database', async () => {
    await client.query('CREATE TABLE eventcluster_events (id int); CREATE TABLE eventcluster_logs (id int)');
    const backend = await rig.open({ keptMs: KEPT });
    await backend.store([anEventRecord({ cluster: 'eventcluster' })]);
    await backend.forget('event', RECORDS_NOW_MS);
    expect(await tables()).toEqual(expect.arrayContaining(['eventcluster_events', 'eventcluster_logs']));
  });
});
