import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { goDuration, parseGoDurationMs } from './go-duration.js';

describe('parseGoDurationMs', () => {
  it.each([
    ['48h', 172_800_000],
    ['1h30m', 5_400_000],
    ['1.5h', 5_400_000],
    ['1.1h', 3_960_000],
    ['500ms', 500],
    ['0s', 0],
    ['0', 0],
    ['-0', 0],
    ['+5s', 5_000],
    ['-3s', -3_000],
    ['-1m0.5s', -60_500],
    ['.5s', 500],
    ['5.s', 5_000],
    ['250us', 0.25],
    ['1µs', 0.001],
    ['1μs', 0.001],
    ['1ns', 0.000_001],
    ['1.9ns', 0.000_001],
    ['1s1s', 2_000],
    ['10m1h', 4_200_000],
    ['2562047h47m16.854775807s', 9_223_372_036_854.775],
  ])('reads %s as %d ms', (text, durationMs) => {
    expect(parseGoDurationMs(text)).toBe(durationMs);
  });

  it.each([
    '',
    ' ',
    '5',
    '1.5',
    '-',
    '+',
    '.',
    's',
    '.s',
    '1 h',
    ' 1h',
    '1h ',
    '1d',
    '1H',
    '1h-30m',
    '--1h',
    '1e3s',
    '0x1s',
    '١s',
    '00',
    '1,5h',
    'constructor',
  ])('does not take %j for a duration', (text) => {
    expect(parseGoDurationMs(text)).toBeUndefined();
  });

  it.each(['2562048h', '9223372036854775808ns', '99999999999999999999999h'])(
    'refuses %s as Go does: more than 292 years',
    (text) => {
      expect(parseGoDurationMs(text)).toBeUndefined();
    },
  );

  it('adds up any parts in any order, to the nanosecond', () => {
    const part = fc.record({
      count: fc.nat({ max: 100_000 }),
      unit: fc.constantFrom('us', 'ms', 's', 'm', 'h'),
    });
    const inMicroseconds = { us: 1, ms: 1_000, s: 1_000_000, m: 60_000_000, h: 3_600_000_000 };
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), (parts) => {
        const text = parts.map(({ count, unit }) => `${count}${unit}`).join('');
        const microseconds = parts.reduce((sum, { count, unit }) => sum + count * inMicroseconds[unit], 0);
        expect(parseGoDurationMs(text)).toBeCloseTo(microseconds / 1_000, 6);
      }),
    );
  });

  it('never throws, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'0123456789.hmsnuµμ+-eEx ١') }), (text) => {
        const durationMs = parseGoDurationMs(text);
        expect(durationMs === undefined || Number.isFinite(durationMs)).toBe(true);
      }),
    );
  });
});

describe('goDuration', () => {
  it('gives milliseconds', () => {
    expect(goDuration.parse('2m')).toBe(120_000);
  });

  it.each([
    ['2 minutes', 'must be a duration, such as "48h", "1h30m" or "500ms", not "2 minutes"'],
    ['-2m', 'must be a duration that is not negative, such as "48h", "1h30m" or "500ms", not "-2m"'],
  ])('says what is wrong with %s', (text, message) => {
    expect(goDuration.safeParse(text).error?.issues[0]?.message).toBe(message);
  });
});
