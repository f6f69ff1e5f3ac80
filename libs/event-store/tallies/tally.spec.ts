import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Tally } from './tally.js';

describe('tally', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const told: [number, string][] = [];
  const tallyOf = (): Tally => {
    told.length = 0;
    return new Tally(60_000, (count, sample) => told.push([count, sample]));
  };

  it('tells at once, then once a minute with how many and the last of them', () => {
    const tally = tallyOf();
    tally.add(1, 'a');
    expect(told).toEqual([[1, 'a']]);
    tally.add(2, 'b');
    tally.add(3, 'c');
    vi.advanceTimersByTime(59_999);
    expect(told).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(told).toEqual([
      [1, 'a'],
      [5, 'c'],
    ]);
  });

  it('tells at once again after a quiet minute', () => {
    const tally = tallyOf();
    tally.add(1, 'a');
    vi.advanceTimersByTime(60_000);
    tally.add(1, 'b');
    expect(told).toEqual([
      [1, 'a'],
      [1, 'b'],
    ]);
  });

  it('tells the rest at the end, and keeps no timer', () => {
    const tally = tallyOf();
    tally.add(1, 'a');
    tally.add(4, 'b');
    tally.close();
    expect(told).toEqual([
      [1, 'a'],
      [4, 'b'],
    ]);
    expect(vi.getTimerCount()).toBe(0);
  });
});
