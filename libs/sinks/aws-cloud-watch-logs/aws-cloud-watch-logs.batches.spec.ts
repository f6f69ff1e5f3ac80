import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BATCH_LIMITS, cutBatches, type BatchLimits } from './aws-cloud-watch-logs.batches.js';

interface Item {
  readonly seq: number;
  readonly timeMs: number;
  readonly bytes: number;
}

const RUNS = { numRuns: 5_000 };

const numbered = (items: readonly Omit<Item, 'seq'>[]): Item[] =>
  items.map((item, index) => ({ ...item, seq: index + 1 }));

/** As tight as it takes for a few items to meet every limit. */
const tight: fc.Arbitrary<{ limits: BatchLimits; items: Item[] }> = fc
  .record({
    maxBytes: fc.integer({ min: 20, max: 60 }),
    overheadBytes: fc.integer({ min: 0, max: 5 }),
    maxCount: fc.integer({ min: 1, max: 6 }),
    maxSpanMs: fc.integer({ min: 0, max: 20 }),
  })
  .chain((limits) =>
    fc.record({
      limits: fc.constant(limits),
      items: fc
        .array(
          fc.record({
            timeMs: fc.integer({ min: 0, max: 40 }),
            bytes: fc.integer({ min: 1, max: limits.maxBytes - limits.overheadBytes }),
          }),
          { maxLength: 40 },
        )
        .map(numbered),
    }),
  );

/** AWS's own limits, met by few but large items, and by many small ones. */
const real: fc.Arbitrary<Item[]> = fc
  .array(
    fc.record({
      count: fc.constantFrom(1, 3, 100, 9_999, 10_000, 10_001),
      timeMs: fc.integer({ min: 0, max: 3 * BATCH_LIMITS.maxSpanMs }),
      stepMs: fc.constantFrom(0, 1, -1, 60_000),
      bytes: fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 300_000, max: 1_048_550 })),
    }),
    { maxLength: 5 },
  )
  .map((runs) =>
    numbered(
      runs.flatMap(({ count, timeMs, stepMs, bytes }) =>
        Array.from({ length: bytes > 300 ? Math.min(count, 5) : count }, (_, index) => ({
          timeMs: timeMs + index * stepMs,
          bytes,
        })),
      ),
    ),
  );

function fits(batch: readonly Item[], limits: BatchLimits): boolean {
  const times = batch.map(({ timeMs }) => timeMs);
  const bytes = batch.reduce((sum, item) => sum + item.bytes + limits.overheadBytes, 0);
  const [oldest, newest] = [
    times.reduce((one, other) => Math.min(one, other)),
    times.reduce((one, other) => Math.max(one, other)),
  ];
  return (
    batch.length > 0 &&
    batch.length <= limits.maxCount &&
    bytes <= limits.maxBytes &&
    newest - oldest <= limits.maxSpanMs
  );
}

/** Fewest batches of consecutive items, by trying every way to cut them. */
function fewest(items: readonly Item[], limits: BatchLimits): number {
  const best = [0];
  for (let end = 1; end <= items.length; end += 1) {
    let least = Infinity;
    for (let start = 0; start < end; start += 1)
      if (fits(items.slice(start, end), limits)) least = Math.min(least, best[start]! + 1);
    best.push(least);
  }
  return best.at(-1)!;
}

function expectBatches(batches: readonly Item[][], items: readonly Item[], limits: BatchLimits): void {
  const bySeq = (batch: readonly Item[]): Item[] => batch.toSorted((one, other) => one.seq - other.seq);
  // Nothing lost, nothing doubled, and every batch is a stretch of what was given.
  expect(batches.flatMap(bySeq)).toEqual(items);
  for (const batch of batches) {
    expect(fits(batch, limits)).toBe(true);
    for (const [index, item] of batch.entries()) {
      const next = batch[index + 1];
      if (!next) continue;
      expect(item.timeMs).toBeLessThanOrEqual(next.timeMs);
      if (item.timeMs === next.timeMs) expect(item.seq).toBeLessThan(next.seq);
    }
  }
}

describe('batches of log events', () => {
  it('keep all limits and the order, lose and double nothing, and are as few as can be', () => {
    fc.assert(
      fc.property(tight, ({ limits, items }) => {
        const batches = cutBatches(items, limits);
        expectBatches(batches, items, limits);
        expect(batches.length).toBe(fewest(items, limits));
      }),
      RUNS,
    );
  });

  it("keep AWS's own limits", { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(real, (items) => expectBatches(cutBatches(items), items, BATCH_LIMITS)),
      { numRuns: 100 },
    );
  });

  it('may be as full as AWS allows, and no fuller', () => {
    const of = (count: number, bytes: number, timeOf: (index: number) => number = () => 0): number[] =>
      cutBatches(
        numbered(Array.from({ length: count }, (_, index) => ({ timeMs: timeOf(index), bytes }))),
      ).map(({ length }) => length);
    expect(of(10_000, 1)).toEqual([10_000]);
    expect(of(10_001, 1)).toEqual([10_000, 1]);
    // 4,096 of them are 1,048,576 bytes.
    expect(of(4_096, 256 - 26)).toEqual([4_096]);
    expect(of(4_097, 256 - 26)).toEqual([4_096, 1]);
    expect(of(1, 1_048_550)).toEqual([1]);
    const daily = (index: number): number => index * 24 * 60 * 60_000;
    expect(of(3, 1, daily)).toEqual([2, 1]);
    expect(of(3, 1, (index) => daily(index) + (index > 0 ? 1 : 0))).toEqual([1, 2]);
    expect(of(0, 1)).toEqual([]);
  });

  it('do not change what they are given', () => {
    const items = Object.freeze(
      numbered([
        { timeMs: 2, bytes: 1 },
        { timeMs: 1, bytes: 1 },
      ]),
    );
    expect(cutBatches(items).map((batch) => batch.map(({ seq }) => seq))).toEqual([[2, 1]]);
    expect(items.map(({ seq }) => seq)).toEqual([1, 2]);
  });
});
