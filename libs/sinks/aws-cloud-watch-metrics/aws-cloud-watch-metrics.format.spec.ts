import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { valuesOf } from './aws-cloud-watch-metrics.format.js';
import { MAX_VALUE } from './aws-cloud-watch-metrics.sample.js';

const ascending = (numbers: readonly number[]): number[] => numbers.toSorted((a, b) => a - b);

describe('what was measured in a period', () => {
  it('is listed value by value, with counts where one came twice', () => {
    expect(valuesOf([3])).toEqual({ Values: [3] });
    expect(valuesOf([3, 1, 2])).toEqual({ Values: [3, 1, 2] });
    expect(valuesOf([3, 1, 3, 3])).toEqual({ Values: [3, 1], Counts: [3, 1] });
  });

  it('is its statistics when there are more than 150 different values', () => {
    const different = Array.from({ length: 151 }, (_, index) => index + 1);
    expect(valuesOf(different.slice(1)).Values).toHaveLength(150);
    expect(valuesOf([...different, 1])).toEqual({
      StatisticValues: { SampleCount: 152, Sum: (151 * 152) / 2 + 1, Minimum: 1, Maximum: 151 },
    });
  });

  it('is within what CloudWatch takes, even as a sum', () => {
    const huge = Array.from({ length: 200 }, (_, index) => MAX_VALUE / (1 + index / 1_000));
    expect(valuesOf(huge).StatisticValues?.Sum).toBe(MAX_VALUE);
    expect(valuesOf([1e-300, -0])).toEqual({ Values: [0], Counts: [2] });
  });

  it('loses nothing, whatever the values are', () => {
    const values = fc.array(fc.integer({ min: -30, max: 30 }), { minLength: 1, maxLength: 100, size: 'max' });
    fc.assert(
      fc.property(values, (measured) => {
        const { Values = [], Counts = Values.map(() => 1) } = valuesOf(measured);
        expect(Counts).toHaveLength(Values.length);
        const all = Values.flatMap((value, index) => Array<number>(Counts[index] ?? 0).fill(value));
        expect(ascending(all)).toEqual(ascending(measured.map((value) => value + 0)));
      }),
    );
  });
});
