import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '../../domain/index.js';
import { createTestDatabase, type TestDatabase } from '../../testing/index.js';
import type { Version } from './delivery.store.js';
import { PaceStore } from './pace.store.js';

const NOW = new Date('2026-11-20T12:00:00.000Z');
const after = (ms: number): Date => new Date(NOW.getTime() + ms);

describe('paces on PostgreSQL', () => {
  const store = new PaceStore();
  let testDatabase: TestDatabase;
  let serial = 0;
  let key: string;

  beforeAll(async () => {
    testDatabase = await createTestDatabase();
  });
  afterAll(() => testDatabase.close());
  beforeEach(() => {
    serial += 1;
    key = `pace:${serial}`;
  });

  /** A delivery that wants a place, and the version of its row. */
  async function taker(): Promise<Version> {
    const id = newId();
    const rows = await testDatabase.database.query<{ version: string }>(
      `INSERT INTO deliveries (id, integration_id, sink, subject_type, subject_id, first_seq, accepted_seq, settled_seq,
                               mirror, created_at, updated_at)
       VALUES ($1, $1, 'slack', 'issue', $1, 1, 1, 0, '{}', $2, $2) RETURNING xmin::text AS version`,
      [id, NOW],
    );
    return { id, version: rows[0]!.version };
  }
  const give = (to: Version, burst: number, now = NOW) =>
    store.take(testDatabase.database, to, { key, everyMs: 1_000, burst }, now);
  const take = async (burst: number, now = NOW) => (await give(await taker(), burst, now))!.at;
  const use = (burst: number, now = NOW) =>
    store.use(testDatabase.database, { key, everyMs: 1_000, burst }, now);

  it('gives each place once, one after another, to however many ask at once', async () => {
    const places = await Promise.all(Array.from({ length: 10 }, () => take(1)));
    const times = places.map((place) => place.getTime() - NOW.getTime()).toSorted((a, b) => a - b);
    expect(times).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => n * 1_000));
  });

  it('gives nothing to a delivery that somebody else has written meanwhile', async () => {
    const one = await taker();
    const places = await Promise.all([give(one, 1), give(one, 1)]);
    expect(places.filter((place) => place !== undefined)).toHaveLength(1);
    expect(await take(1)).toEqual(after(1_000));
    const [written] = await testDatabase.database.query<{ version: string; slotAt: Date }>(
      `SELECT xmin::text AS version, slot_at AS "slotAt" FROM deliveries WHERE id = $1`,
      [one.id],
    );
    expect(places).toContainEqual({ at: written!.slotAt, version: written!.version });
  });

  it('lets a burst go at once, and what follows one by one', async () => {
    const places: Date[] = [];
    for (let n = 0; n < 5; n += 1) places.push(await take(3));
    expect(places).toEqual([NOW, NOW, NOW, after(1_000), after(2_000)]);
    expect(await take(3, after(60_000))).toEqual(after(60_000));
  });

  it('keeps no places for a time in which nobody asked', async () => {
    await take(1);
    expect(await take(1, after(60_000))).toEqual(after(60_000));
    expect(await take(1, after(60_000))).toEqual(after(61_000));
  });

  it('lets who comes late use a place no sooner than the pace allows after the one before', async () => {
    expect(await use(1)).toEqual(NOW);
    expect(await use(1, after(400))).toEqual(after(1_000));
    expect(await use(1, after(1_000))).toEqual(after(1_000));
  });

  it('lets a burst be used at once', async () => {
    expect(await Promise.all([use(2), use(2)])).toEqual([NOW, NOW]);
    expect(await use(2)).toEqual(after(1_000));
  });

  it('forgets what nobody has asked for since', async () => {
    await take(1);
    await use(1);
    await store.forget(testDatabase.database, after(2_000));
    expect(await testDatabase.database.query(`SELECT key FROM sink_paces WHERE key = $1`, [key])).toEqual([]);
  });
});
