import { describe, expect, it } from 'vitest';
import { sampleOf } from './aws-cloud-watch-metrics.engine.fixture.js';
import { MAX_SERIES, Readings, seriesKey, stepTo } from './aws-cloud-watch-metrics.series.js';

describe('the key of a counter', () => {
  it('names node, metric and labels in any order of these', () => {
    const of = (labels: Record<string, string>) => seriesKey('n1', sampleOf({ name: 'io_bytes', labels }));
    expect(of({ b: '2', a: '1' })).toBe('["n1","io_bytes","a","1","b","2"]');
    expect(of({ a: '1', b: '2' })).toBe(of({ b: '2', a: '1' }));
    expect(of({ a: '1","b' })).not.toBe(of({ a: '1', b: '' }));
  });

  it('is short, however long the labels are, and still another one for every other label', () => {
    const [one, other] = ['a', 'b'].map((end) =>
      seriesKey('n1', sampleOf({ labels: { x: 'x'.repeat(10_000) + end } })),
    );
    expect(one?.length).toBeLessThan(50);
    expect(one).not.toBe(other);
  });
});

describe('a reading after another', () => {
  const last = { value: 100, timeMs: 10_000_000 };
  const step = (value: number, laterMs: number) => stepTo({ value, timeMs: last.timeMs + laterMs }, last);

  it('is an increase, over whatever gap there was of an hour at most', () => {
    expect(step(130, 15_000)).toEqual({ kind: 'increase', by: 30 });
    expect(step(100, 3_600_000)).toEqual({ kind: 'increase', by: 0 });
    expect(step(130, 3_600_001)).toEqual({ kind: 'first' });
  });

  it('began at nothing again when it is below the last', () => {
    expect(step(7, 1)).toEqual({ kind: 'increase', by: 7 });
    expect(step(-7, 1)).toEqual({ kind: 'increase', by: 0 });
  });

  it('is late when it is no later than the last', () => {
    expect(step(50, -1)).toEqual({ kind: 'late' });
    expect(step(150, 0)).toEqual({ kind: 'late' });
  });

  it('is the first without another', () => {
    expect(stepTo(last, undefined)).toEqual({ kind: 'first' });
  });
});

describe('what is remembered', () => {
  it('is taken for nothing where it is no reading', () => {
    for (const value of [null, 7, 'x', {}, { value: 1 }, { value: null, timeMs: 1 }, [1, 2]])
      expect(new Readings({ k: value }).step('k', { value: 5, timeMs: 2 })).toEqual({ kind: 'first' });
  });

  it('has room for so many counters and not for one more', () => {
    const memory = Object.fromEntries(
      Array.from({ length: MAX_SERIES }, (_, index) => [`k${index}`, { value: 1, timeMs: 1 }]),
    );
    const readings = new Readings(memory);
    expect(readings.step('another', { value: 5, timeMs: 2 })).toBeUndefined();
    expect(readings.step('k7', { value: 5, timeMs: 2 })).toEqual({ kind: 'increase', by: 4 });
  });

  it('is forgotten two hours before the oldest that may come, unless it has just come', () => {
    const old = { value: 1, timeMs: 0 };
    const readings = new Readings({ a: old, b: old, c: { value: 1, timeMs: 2 } });
    readings.step('b', { value: 2, timeMs: 7_200_005 });
    expect(readings.forgotten(7_200_001)).toEqual({ a: null });
    expect(readings.forgotten(7_200_000)).toEqual({});
  });
});
