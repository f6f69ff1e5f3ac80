import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bytesOf,
  halvesOf,
  parcelOf,
  parcelsOf,
  type MetricItem,
} from './aws-cloud-watch-metrics.parcels.js';

const item = (seq: number, valueChars = 1, memory = {}): MetricItem => ({
  origin: 'host',
  datum: {
    MetricName: 'm',
    Dimensions: [{ Name: 'd', Value: '"'.repeat(valueChars) }],
    Unit: 'None',
    Values: [seq],
  },
  periodMs: 1_800_000_000_123,
  seqs: [seq],
  newestMs: seq * 1_000,
  memory,
});
/** What the SDK sends: times in seconds, with a fraction. */
const sentBytes = (items: readonly MetricItem[]): number =>
  JSON.stringify({
    Namespace: 'x'.repeat(255),
    MetricData: items.map(({ datum, periodMs }) => ({ ...datum, Timestamp: periodMs / 1_000 })),
  }).length;

/** AWS's own limits, written down once more. */
const MAX_CALL_BYTES = 1_000_000;
const MAX_DATA = 1_000;

describe('the calls of a lane', () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 30_000 }), { maxLength: 60, size: 'max' });
  const counts = fc.integer({ min: 0, max: 2_500 }).map((count) => Array<number>(count).fill(1));

  it('hold everything once, in order, within the limits, and no two of them would fit into one', () => {
    fc.assert(
      fc.property(fc.oneof(sizes, counts), (given) => {
        const items = given.map((chars, index) => item(index + 1, chars));
        const calls = parcelsOf('host', items);
        expect(calls.flatMap(({ data }) => data)).toEqual(items);
        for (const [index, { data, seqs, items: groups }] of calls.entries()) {
          expect(data.length).toBeGreaterThan(0);
          expect(data.length).toBeLessThanOrEqual(MAX_DATA);
          expect(sentBytes(data)).toBeLessThanOrEqual(MAX_CALL_BYTES);
          expect(groups).toEqual(data.map((one) => one.seqs));
          expect(seqs).toEqual(groups?.flat());
          const next = calls[index + 1]?.data[0];
          const isFull = data.length === MAX_DATA;
          if (next) expect(isFull || sentBytes([...data, next]) > MAX_CALL_BYTES - 60_000).toBe(true);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('never underestimate a datum', () => {
    const one = item(1, 500);
    expect(bytesOf(one.datum)).toBeGreaterThanOrEqual(sentBytes([one]) - sentBytes([]));
  });
});

describe('a parcel', () => {
  it('remembers what the latest of its items says', () => {
    const parcel = parcelOf('host', [item(1, 1, { a: 1, b: 1 }), item(3, 1, { a: 2 }), item(2)]);
    expect(parcel).toMatchObject({ memory: { a: 2, b: 1 }, newestMs: 3_000, seqs: [1, 3, 2] });
    expect(parcelOf('host', [item(1)])).not.toHaveProperty('memory');
  });

  it('is halved with what each half remembers', () => {
    const [one, other] = halvesOf(
      parcelOf('host', [item(1, 1, { a: 1 }), item(2, 1, { b: 1 }), item(3, 1, { a: 2 })]),
    );
    expect([one.seqs, other.seqs]).toEqual([[1, 2], [3]]);
    expect([one.memory, other.memory]).toEqual([{ a: 1, b: 1 }, { a: 2 }]);
  });
});
