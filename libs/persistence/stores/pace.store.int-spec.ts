import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '../../domain/index.js';
import { createTestDatabase, type TestDatabase } from '../../testing/index.js';
import type { Version } from './delivery.store.js';
import { PaceStore } from './pace.store.js';

/** From one place to the next, as long as no call has ended. */
const STEP = 1_250;
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
  const limit = (burst = 1) => ({ key, everyMs: 1_000, burst });
  const use = (slotAt: Date | null, now = NOW, burst = 1) =>
    store.use(testDatabase.database, limit(burst), slotAt, now);
  const ended = (now: Date) => store.ended(testDatabase.database, limit(), now);
  const slot = async (now = NOW) => (await give(await taker(), 1, now))!.slotAt;
  const goes = (ms: number) => ({ isNow: true, at: after(ms) });
  const waits = (ms: number) => ({ isNow: false, at: after(ms) });

  it('gives each place once, one after another, to however many ask at once', async () => {
    const places = await Promise.all(Array.from({ length: 10 }, () => take(1)));
    const times = places.map((place) => place.getTime() - NOW.getTime()).toSorted((a, b) => a - b);
    expect(times).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => n * STEP));
  });

  it('gives nothing to a delivery that somebody else has written meanwhile', async () => {
    const one = await taker();
    const places = await Promise.all([give(one, 1), give(one, 1)]);
    expect(places.filter((place) => place !== undefined)).toHaveLength(1);
    expect(await take(1)).toEqual(after(STEP));
    const [written] = await testDatabase.database.query<{ version: string; slotAt: Date }>(
      `SELECT xmin::text AS version, slot_at AS "slotAt" FROM deliveries WHERE id = $1`,
      [one.id],
    );
    expect(places).toContainEqual({ isNow: true, at: NOW, ...written! });
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
    expect(await take(1, after(60_000))).toEqual(after(60_000 + STEP));
  });

  it('keeps two calls apart from the end of the first, and the order of those that wait', async () => {
    const [first, second, third] = [await slot(), await slot(), await slot()];
    expect([await use(first), await use(second, after(1_250))]).toEqual([goes(0), goes(1_250)]);
    await ended(after(1_600));
    expect(await use(third, after(2_500))).toEqual(waits(2_600));
    expect(await use(await slot(after(2_500)), after(2_500))).toEqual(waits(3_850));
    expect(await use(third, after(2_600))).toEqual(goes(2_600));
  });

  it('moves the whole line when one comes late, whoever of those that are late comes first', async () => {
    const [first, second, third] = [await slot(), await slot(), await slot()];
    expect(await use(second, after(5_000))).toEqual(goes(5_000));
    expect(await use(first, after(5_000))).toEqual(waits(6_250));
    expect(await use(third, after(5_000))).toEqual(waits(8_750));
    expect(await use(first, after(6_250))).toEqual(goes(6_250));
  });

  it('takes the place of who has been passed by many, so that they need not wait for it', async () => {
    const lost = await slot();
    for (let n = 1; n < 12; n += 1) expect(await use(await slot(), after(n * STEP))).toEqual(goes(n * STEP));
    expect(await use(lost, after(14_000))).toBeUndefined();
  });

  it('lets a summary go before all that wait, and those no sooner for it', async () => {
    const [first, second] = [await slot(), await slot()];
    expect([await use(first), await use(null)]).toEqual([goes(0), waits(1_250)]);
    expect(await use(null, after(1_250))).toEqual(goes(1_250));
    expect(await use(second, after(1_250))).toEqual(waits(2_500));
  });

  it('gives places as far apart as calls turn out to take', async () => {
    await use(await slot());
    await ended(after(650));
    expect([await take(1, after(700)), await take(1, after(700))]).toEqual([after(1_650), after(3_000)]);
  });

  it('lets a burst be used at once', async () => {
    const slots: Date[] = [];
    for (let n = 0; n < 3; n += 1) slots.push((await give(await taker(), 2))!.slotAt);
    const [one, other, third] = slots as [Date, Date, Date];
    const both = await Promise.all([use(one, after(2_000), 2), use(other, after(2_000), 2)]);
    expect(both).toEqual([goes(2_000), goes(2_000)]);
    expect(await use(third, after(2_000), 2)).toEqual(waits(3_000));
  });

  it('makes nobody wait for a clock that was set back, nor for places nobody waits for', async () => {
    const later = after(3_600_000);
    await use(await slot(later), later);
    await store.shorten(testDatabase.database, limit(), 'nobody', NOW);
    expect(await take(1)).toEqual(after(1_000));
    for (let n = 0; n < 30; n += 1) await slot();
    await store.shorten(testDatabase.database, limit(), 'nobody', NOW);
    expect(await take(1)).toEqual(after(1_000));
  });

  it('forgets what nobody has asked for since', async () => {
    await use(await slot());
    await store.forget(testDatabase.database, after(2_000));
    expect(await testDatabase.database.query(`SELECT key FROM sink_paces WHERE key = $1`, [key])).toEqual([]);
  });
});
