import fc from 'fast-check';
import { expect, it } from 'vitest';
import { RECORD_KINDS, type EventRecord, type StoredRecord } from '../record/index.js';
import type { EventReader, Selection } from '../storage/index.js';
import { allOf, type BackendUnderTest } from './backend-under-test.js';
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

/** All that matches, page after page. */
async function paged(reader: EventReader, of: Selection, limit: number): Promise<StoredRecord[]> {
  const found: StoredRecord[] = [];
  for (let after: Selection['after']; ;) {
    const page = await reader.select({ ...of, after }, limit);
    expect(page.length).toBeLessThanOrEqual(limit);
    found.push(...page);
    if (page.length < limit) return found;
    after = { timeMs: page.at(-1)!.timeMs, id: page.at(-1)!.id };
  }
}

export function itSelects(underTest: BackendUnderTest): void {
  it('D34: answers in the order of time, then of id, and no more than the limit', async () => {
    const times = [3, 1, 2, 1, 3, 1].map((seconds) => RECORDS_NOW_MS + seconds * 1_000);
    await underTest
      .get()
      .store(times.map((timeMs, index) => anEventRecord({ timeMs, payload: String(index) })));
    const found = await allOf(underTest.get(), 'alpha');
    expect(found.map(({ payload }) => payload)).toEqual(['1', '3', '5', '2', '0', '4']);
    const of = { kind: 'event', cluster: 'alpha', fromMs: 0, toMs: RECORDS_NOW_MS * 2 } as const;
    expect(await underTest.get().select(of, 4)).toEqual(found.slice(0, 4));
    expect(await underTest.get().select(of, 0)).toEqual([]);
  });

  it('includes both the first and the last moment', async () => {
    await underTest.get().store([-1, 0, 1, 2, 3].map((ms) => anEventRecord({ timeMs: RECORDS_NOW_MS + ms })));
    const found = await underTest
      .get()
      .select({ kind: 'event', cluster: 'alpha', fromMs: RECORDS_NOW_MS, toMs: RECORDS_NOW_MS + 2 }, 10);
    expect(found.map(({ timeMs }) => timeMs - RECORDS_NOW_MS)).toEqual([0, 1, 2]);
  });

  it('pages through records of one and the same time without losing or repeating any', async () => {
    const batch = Array.from({ length: 50 }, (_, index) => anEventRecord({ payload: String(index) }));
    for (let number = 0; number < 3; number += 1) await underTest.get().store(batch);
    const of = { kind: 'event', cluster: 'alpha', fromMs: RECORDS_NOW_MS, toMs: RECORDS_NOW_MS } as const;
    const found = await paged(underTest.get(), of, 7);
    expect(found).toEqual(await allOf(underTest.get(), 'alpha'));
    expect(new Set(found.map(({ id }) => id)).size).toBe(150);
  });

  it('selects what a plain filter over all records would, whatever the conditions', async () => {
    const records = fc.sample(record, { numRuns: 300, seed: 7 });
    for (let from = 0; from < records.length; from += 60)
      await underTest.get().store(records.slice(from, from + 60));
    const stored: StoredRecord[] = [];
    for (const kind of RECORD_KINDS)
      for (const cluster of ['alpha', 'beta']) stored.push(...(await allOf(underTest.get(), cluster, kind)));
    expect(stored).toHaveLength(300);
    await fc.assert(
      fc.asyncProperty(selection, fc.integer({ min: 1, max: 40 }), async (of, limit) => {
        const expected = await new MemoryReader(stored).select(of, 1_000);
        expect(await paged(underTest.get(), of, limit)).toEqual(expected);
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
