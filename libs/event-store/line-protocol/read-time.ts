/** Before that nobody wrote anything: clocks that were never set. */
const EARLIEST_MS = Date.UTC(2000, 0, 1);
/** Further ahead no clock goes that is only a little wrong. */
const MAX_AHEAD_MS = 86_400_000;
const LONGEST_INT64 = '9223372036854775807';

/**
 * A time in milliseconds from the digits of a line. Which unit they are in tells their number: below 1e11 seconds, below
 * 1e14 milliseconds, below 1e17 microseconds, else nanoseconds. Undefined when they are over 64 bits.
 */
export function timeOfDigits(digits: string): number | undefined {
  const { length } = digits;
  if (digits.startsWith('0') && length > 1) return timeOfDigits(digits.replace(/^0+(?=\d)/, ''));
  if (length <= 11) return Number(digits) * 1_000;
  if (length <= 14) return Number(digits);
  if (length <= 17) return Number(digits.slice(0, -3));
  if (length > LONGEST_INT64.length) return undefined;
  if (length === LONGEST_INT64.length && digits > LONGEST_INT64) return undefined;
  return Number(digits.slice(0, -6));
}

/** Whether a time can be right when it is `nowMs`. */
export const isPlausibleTime = (timeMs: number, nowMs: number): boolean =>
  timeMs >= EARLIEST_MS && timeMs <= nowMs + MAX_AHEAD_MS;
