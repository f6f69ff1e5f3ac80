import fc from 'fast-check';
import { expect, it } from 'vitest';
import { RECORD_KINDS, type EventRecord, type StoredRecord } from '../record/index.js';
import { bytesOf, type EventReader, type PageBounds, type Selection } from '../storage/index.js';
import { allOf, atMost, type BackendUnderTest } from './backend-under-test.js';
import { anEventRecord, RECORDS_NOW_MS } from './event-records.js';
import { MemoryReader } from './memory-reader.js';

const DAY_MS = 86_400_000;

const text = fc.constantFrom('a', 'b', '');
const textOrNull = fc.constantFrom('a', 'b', '', null);
/** Around both the width of a part and equal times. */
const time = fc.constantFrom(-400, -70, -30, -1, 0, 1).map((days) => RECORDS_NOW_MS + days * DAY_MS);
const record: fc.Arbitrary<EventRecord> = fc
  .record({
    kind: fc.constantFrom(...RECORD_KINDS),
    cluster: fc.constantFrom('alpha', 'beta'),
    name: text,
    hostname: text,
    type: textOrNull,
    typeId: textOrNull,
    stype: textOrNull,
    stypeId: textOrNull,
    timeMs: time,
    tags: fc.constantFrom(null, '{"unit":"\u00b0C"}'),
    fields: fc.constantFrom(null, '{"code":7}'),
    payload: fc.string({ unit: fc.constantFrom('x', '\u00e4', '\u{1f9ab}'), maxLength: 40 }),
  })
  .map((members) => anEventRecord(members));
const wanted = fc.option(fc.constantFrom('a', 'b', ''), { nil: undefined, freq: 1 });
const selection: fc.Arbitrary<Selection> = fc.record({
  kind: fc.constantFrom(...RECORD_KINDS),
  cluster: fc.constantFrom('alpha', 'beta', 'gamma'),
  name: wanted,
  hostname: wanted,
  type: wanted,
  typeId: wanted,
  stype: wanted,
  stypeId: wanted,
  fromMs: time,
  toMs: time,
});

const someBounds: fc.Arbitrary<PageBounds> = fc.record({
  limit: fc.integer({ min: 1, max: 40 }),
  maxBytes: fc.oneof(fc.integer({ min: 1, max: 2_000 }), fc.constant(Number.MAX_SAFE_INTEGER)),
});

/** All that matches, page after page. */
async function paged(reader: EventReader, of: Selection, bounds: PageBounds): Promise<StoredRecord[]> {
  const found: StoredRecord[] = [];
  for (let after: Selection['after']; ;) {
    const { records, hasMore } = await reader.select({ ...of, after }, bounds);
    expect(records.length).toBeLessThanOrEqual(bounds.limit);
    const before = records.slice(0, -1).reduce((sum, one) => sum + bytesOf(one), 0);
    expect(before).toBeLessThan(bounds.maxBytes);
    found.push(...records);
    if (!hasMore) return found;
    after = { timeMs: records.at(-1)!.timeMs, id: records.at(-1)!.id };
  }
}

export function itSelects(underTest: BackendUnderTest): void {
  const ofAlpha = (bounds: PageBounds) =>
    underTest.get().select({ kind: 'event', cluster: 'alpha', fromMs: 0, toMs: RECORDS_NOW_MS * 2 }, bounds);

  it('D34: answers in the order of time, then of id, and no more than the limit', async () => {
    const times = [3, 1, 2, 1, 3, 1].map((seconds) => RECORDS_NOW_MS + seconds * 1_000);
    await underTest
      .get()
      .store(times.map((timeMs, index) => anEventRecord({ timeMs, payload: String(index) })));
    const found = await allOf(underTest.get(), 'alpha');
    expect(found.map(({ payload }) => payload)).toEqual(['1', '3', '5', '2', '0', '4']);
    expect(await ofAlpha(atMost(4))).toEqual({ records: found.slice(0, 4), hasMore: true });
    expect(await ofAlpha(atMost(6))).toEqual({ records: found, hasMore: false });
  });

  it('tells whether there is anything when it is asked for no record at all', async () => {
    expect(await ofAlpha(atMost(0, 1))).toEqual({ records: [], hasMore: false });
    await underTest.get().store([anEventRecord()]);
    expect(await ofAlpha(atMost(0, 1))).toEqual({ records: [], hasMore: true });
  });

  it('D33: answers with what begins within so many bytes, and tells that there is more', async () => {
    const payloads = ['x'.repeat(1_000), '\u00e4'.repeat(700), 'x'.repeat(10), '', 'x'.repeat(50_000)];
    const batch = payloads.map((payload) => anEventRecord({ payload, fields: '{"code":7}' }));
    await underTest.get().store(batch);
    const all = await allOf(underTest.get(), 'alpha');
    let ends = 0;
    for (const [index, each] of all.entries()) {
      ends += bytesOf(each);
      const upTo = { records: all.slice(0, index + 1), hasMore: index < 4 };
      expect(await ofAlpha(atMost(100, ends))).toEqual(upTo);
      expect(await ofAlpha(atMost(100, ends - 1))).toEqual(upTo);
      expect(await ofAlpha(atMost(index + 1, ends + 1))).toEqual(upTo);
      const next = { records: all.slice(0, index + 2), hasMore: index < 3 };
      expect(await ofAlpha(atMost(100, ends + 1))).toEqual(next);
    }
  });

  it('D33: answers with the first record, however long it is', async () => {
    const batch = ['first', 'second'].map((start) =>
      anEventRecord({ payload: start.padEnd(1_048_576, 'x') }),
    );
    await underTest.get().store(batch);
    const [first] = await allOf(underTest.get(), 'alpha');
    expect(await ofAlpha(atMost(100, 1))).toEqual({ records: [first], hasMore: true });
  });

  it('answers with id, time and payload of the same records when no more is needed', async () => {
    const backend = underTest.get();
    await backend.store(['ab', 'c', 'def'].map((payload) => anEventRecord({ cluster: 'brief', payload })));
    const selected = { kind: 'event', cluster: 'brief', fromMs: 0, toMs: RECORDS_NOW_MS * 2 } as const;
    const shortOf = ({ id, timeMs, payload }: StoredRecord) => ({ id, timeMs, payload });
    for (const bounds of [
      { limit: 9, maxBytes: 1_000 },
      { limit: 2, maxBytes: 1_000 },
    ]) {
      const full = await backend.select(selected, bounds);
      const brief = await backend.select({ ...selected, isBrief: true }, bounds);
      expect(brief.records.map(shortOf)).toEqual(full.records.map(shortOf));
      expect(brief.hasMore).toBe(full.hasMore);
    }
  });

  it('includes both the first and the last moment', async () => {
    await underTest.get().store([-1, 0, 1, 2, 3].map((ms) => anEventRecord({ timeMs: RECORDS_NOW_MS + ms })));
    const of = { kind: 'event', cluster: 'alpha', fromMs: RECORDS_NOW_MS, toMs: RECORDS_NOW_MS + 2 } as const;
    const { records } = await underTest.get().select(of, atMost(10));
    expect(records.map(({ timeMs }) => timeMs - RECORDS_NOW_MS)).toEqual([0, 1, 2]);
  });

  it('pages through records of one and the same time without losing or repeating any', async () => {
    const batch = Array.from({ length: 50 }, (_, index) => anEventRecord({ payload: String(index) }));
    for (let number = 0; number < 3; number += 1) await underTest.get().store(batch);
    const of = { kind: 'event', cluster: 'alpha', fromMs: RECORDS_NOW_MS, toMs: RECORDS_NOW_MS } as const;
    const found = await paged(underTest.get(), of, atMost(7));
    expect(found).toEqual(await allOf(underTest.get(), 'alpha'));
    expect(new Set(found.map(({ id }) => id)).size).toBe(150);
  });

  it('selects what a plain filter over all records would, page after page, whatever the conditions and bounds', async () => {
    const records = fc.sample(record, { numRuns: 300, seed: 7 });
    for (let from = 0; from < records.length; from += 60)
      await underTest.get().store(records.slice(from, from + 60));
    const stored: StoredRecord[] = [];
    for (const kind of RECORD_KINDS)
      for (const cluster of ['alpha', 'beta']) stored.push(...(await allOf(underTest.get(), cluster, kind)));
    expect(stored).toHaveLength(300);
    await fc.assert(
      fc.asyncProperty(selection, someBounds, async (of, within) => {
        const inMemory = new MemoryReader(stored);
        expect(await underTest.get().select(of, within)).toEqual(await inMemory.select(of, within));
        const { records: expected } = await inMemory.select(of, atMost(1_000));
        expect(await paged(underTest.get(), of, within)).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  it('names the hosts of a cluster in the order of code units, without the empty name', async () => {
    // Of these two the first is the greater one by bytes of UTF-8 and the smaller one by code units.
    const unusual = ['\u{1f9ab}', '\uff21'];
    const names = ['node-10', 'node-2', 'Node-1', 'é', '語', '', '__proto__', "o'host", ...unusual];
    await underTest.get().store(names.map((hostname) => anEventRecord({ hostname })));
    await underTest
      .get()
      .store([
        anEventRecord({ kind: 'log', hostname: 'only-logs' }),
        anEventRecord({ kind: 'log', hostname: 'node-2' }),
        anEventRecord({ cluster: 'beta', hostname: 'of-beta' }),
      ]);
    const expected = [...names.filter((one) => one !== ''), 'only-logs'].sort();
    expect(await underTest.get().hosts('alpha')).toEqual(expected);
    expect(await underTest.get().hosts('beta')).toEqual(['of-beta']);
    expect(await underTest.get().hosts('gamma')).toEqual([]);
    expect(await (await underTest.reopen()).hosts('alpha')).toEqual(expected);
  });
}
