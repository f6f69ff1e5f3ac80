import { z } from 'zod';

const UNIT_NANOSECONDS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};
const DURATION = /^([+-]?)(0|(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/u;
const PART = /(\d*)(?:\.(\d*))?([a-zµμ]+)/gu;
const LONGEST_SHOWN = 40;
/** Go counts in nanoseconds and 64 bits: a little over 292 years. */
const LONGEST_NANOSECONDS = 2n ** 63n - 1n;

/**
 * A duration as Go's `time.ParseDuration` reads it, in milliseconds with their fraction: `48h`, `1h30m`, `1.5h`, `500ms`,
 * `250us`, `-3s`, `0`. What is finer than a nanosecond is cut off. Undefined for anything else, and beyond Go's 292 years.
 */
export function parseGoDurationMs(text: string): number | undefined {
  const [, sign, magnitude] = DURATION.exec(text) ?? [];
  if (magnitude === undefined) return undefined;
  let nanoseconds = 0n;
  for (const [, whole, fraction, unit] of magnitude.matchAll(PART)) {
    nanoseconds += partNanoseconds(whole ?? '', fraction ?? '', UNIT_NANOSECONDS[unit!]!);
  }
  if (nanoseconds > LONGEST_NANOSECONDS) return undefined;
  const durationMs = Number(nanoseconds / 1_000_000n) + Number(nanoseconds % 1_000_000n) / 1_000_000;
  return sign === '-' && durationMs !== 0 ? -durationMs : durationMs;
}

/** A setting that is a duration, not a negative one: Go's text in, milliseconds out. A default is in milliseconds, too. */
export const goDuration = z.string().transform((text, context) => {
  const durationMs = parseGoDurationMs(text);
  if (durationMs !== undefined && durationMs >= 0) return durationMs;
  const wrong = durationMs === undefined ? 'must be a duration' : 'must be a duration that is not negative';
  const given = JSON.stringify(text.slice(0, LONGEST_SHOWN));
  context.addIssue({ code: 'custom', message: `${wrong}, such as "48h", "1h30m" or "500ms", not ${given}` });
  return z.NEVER;
});

function partNanoseconds(whole: string, fraction: string, unit: bigint): bigint {
  return BigInt(whole) * unit + (BigInt(fraction) * unit) / 10n ** BigInt(fraction.length);
}
