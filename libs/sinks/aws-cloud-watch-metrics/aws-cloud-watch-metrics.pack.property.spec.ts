import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { entryOf, numbered, SmallEngine, type Verdict } from './aws-cloud-watch-metrics.engine.fixture.js';
import { BEGIN, historyOf, HOUR, SERIES, steps } from './aws-cloud-watch-metrics.history.fixture.js';
import type { MetricItem, MetricsParcel } from './aws-cloud-watch-metrics.parcels.js';

const wants = (name: string): boolean => name !== 'unwanted';

const keyOf = ({ datum, periodMs }: MetricItem): string => {
  const node = datum.Dimensions.find(({ Name }) => Name === 'Node')?.Value;
  return `${datum.MetricName} ${node} ${periodMs}`;
};

function sumsOf(items: readonly MetricItem[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const item of items)
    for (const value of item.datum.Values ?? []) sums.set(keyOf(item), (sums.get(keyOf(item)) ?? 0) + value);
  return sums;
}

/** Every one of the values, as often as it was measured, sorted. */
function valuesOf(items: readonly MetricItem[]): Map<string, number[]> {
  const values = new Map<string, number[]>();
  for (const item of items) {
    const { Values = [], Counts = Values.map(() => 1) } = item.datum;
    const all = Values.flatMap((value, index) => Array<number>(Counts[index] ?? 0).fill(value));
    values.set(
      keyOf(item),
      [...(values.get(keyOf(item)) ?? []), ...all].toSorted((a, b) => a - b),
    );
  }
  return values;
}

const isCounter = ({ datum: { MetricName } }: MetricItem): boolean =>
  SERIES.some(({ name, type }) => name === MetricName && type === 'counter');
const withoutZeros = (sums: Map<string, number>): Map<string, number> =>
  new Map([...sums].filter(([, sum]) => sum !== 0));

function expectAscending(parcels: readonly MetricsParcel[]): void {
  const last = new Map<string, number>();
  for (const { lane, data } of parcels)
    for (const { periodMs } of data) {
      expect(periodMs).toBeGreaterThanOrEqual(last.get(lane) ?? 0);
      last.set(lane, periodMs);
    }
}

describe('any history, cut into any windows, with any calls that fail or are refused', () => {
  const choices = fc.infiniteStream(
    fc.record({
      size: fc.integer({ min: 1, max: 40 }),
      aheadMs: fc.integer({ min: 0, max: 200_000 }),
      verdict: fc.constantFrom<Verdict>('delivered', 'delivered', 'delivered', 'fails', 'refused'),
    }),
  );

  it(
    'ends with the true increase of every counter and every value of every gauge',
    { timeout: 60_000 },
    () => {
      fc.assert(
        fc.property(steps, choices, (history, chosen) => {
          const { entries, truth, measured, endMs } = historyOf(history);
          const engine = new SmallEngine(numbered(entries), wants);
          const choose = () => chosen.next().value;
          let nowMs = BEGIN;
          for (let round = 0; round < 200 && engine.unsettled.length > 0; round += 1) {
            const { size, aheadMs } = choose();
            // Nothing is stored before it is measured, but for clocks that go wrong.
            const last = engine.unsettled[Math.min(size, engine.unsettled.length) - 1]!;
            nowMs = Math.max(nowMs, last.timeMs - 300_000 + aheadMs);
            expectAscending(engine.round(size, new Date(nowMs), () => choose().verdict));
          }
          // At last all is well.
          engine.round(Infinity, new Date(endMs + 900_000), () => 'delivered');
          expect(engine.unsettled).toEqual([]);
          const items = [...engine.delivered, ...engine.refused];
          expect(withoutZeros(sumsOf(items.filter(isCounter)))).toEqual(withoutZeros(truth));
          const gauges = new Map([...measured].filter(([key]) => !key.startsWith('unwanted')));
          expect(valuesOf(items.filter((item) => !isCounter(item)))).toEqual(
            new Map([...gauges].map(([key, values]) => [key, values.toSorted((a, b) => a - b)])),
          );
          for (const [index, { body }] of entries.entries())
            expect(engine.ends.get(index + 1) === 'suppressed').toBe(body.includes('"unwanted"'));
        }),
        { numRuns: 200 },
      );
    },
  );

  it('counts no increase twice when samples come in any order', () => {
    const shuffled = fc.shuffledSubarray(
      Array.from({ length: 40 }, (_, index) => index),
      { minLength: 1 },
    );
    fc.assert(
      fc.property(shuffled, fc.integer({ min: 1, max: 40 }), (order, size) => {
        // It grows all the time, by a little more every time.
        const late = order.map((index) =>
          entryOf(BEGIN + index * 20_000, { name: 'io_events', type: 'counter', value: 7 + index ** 2 }),
        );
        const engine = new SmallEngine(numbered(late), wants);
        while (engine.unsettled.length > 0) engine.round(size, new Date(BEGIN + HOUR), () => 'delivered');
        const sum = [...sumsOf(engine.delivered).values()].reduce((all, one) => all + one, 0);
        expect(sum).toBe(Math.max(...order) ** 2 - Math.min(...order.slice(0, size)) ** 2);
      }),
    );
  });

  it('remembers no more than the counters of the last hours', () => {
    const many = Array.from({ length: 200 }, (_, index) =>
      entryOf(BEGIN + index * 60_000, { name: `c${index}`, type: 'counter', value: index }),
    );
    const engine = new SmallEngine(numbered(many), wants);
    for (let round = 0; round < 40; round += 1)
      engine.round(5, new Date(BEGIN + 300 * 60_000), () => 'delivered');
    expect(engine.unsettled).toEqual([]);
    const names = Object.keys(engine.memory).map((key) => JSON.parse(key)[1] as string);
    expect(names).toContain('c199');
    expect(names).toContain('c90');
    expect(names).not.toContain('c50');
  });
});
