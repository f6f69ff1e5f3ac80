import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDuration, ID_PATTERN, newId, parseDurationMs } from './index.js';

describe('an id', () => {
  it('has twenty characters that need no escaping anywhere', () => {
    fc.assert(
      fc.property(fc.date({ min: new Date(0), noInvalidDate: true }), (now) => ID_PATTERN.test(newId(now))),
    );
  });

  it('is unique, and sorts by the second it was made in', () => {
    const ids = new Set(Array.from({ length: 10_000 }, () => newId()));
    expect(ids.size).toBe(10_000);
    expect(newId(new Date('2026-01-01T00:00:00Z')) < newId(new Date('2026-01-01T00:00:01Z'))).toBe(true);
  });
});

describe('a duration', () => {
  it.each([
    ['500ms', 500],
    ['30s', 30_000],
    ['5m', 300_000],
    ['1h', 3_600_000],
    ['2d', 172_800_000],
    ['0s', 0],
  ])('is read from %s', (text, ms) => {
    expect(parseDurationMs(text)).toBe(ms);
  });

  it.each(['', '5', 'm', '1.5h', '-1s', '5 minutes', '1h30m'])('is not read from "%s"', (text) => {
    expect(parseDurationMs(text)).toBeUndefined();
  });

  it.each([
    [0, '0 s'],
    [59_999, '59 s'],
    [720_000, '12 min'],
    [11_100_000, '3 h 5 min'],
    [7_200_000, '2 h'],
    [187_200_000, '2 d 4 h'],
    [-1, '0 s'],
  ])('of %d ms is said as %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });
});
