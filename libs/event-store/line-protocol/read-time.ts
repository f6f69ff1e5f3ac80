import { NINE, ZERO } from './characters.js';

/** Before that nobody wrote anything: clocks that were never set. */
const EARLIEST_MS = Date.UTC(2000, 0, 1);
/** Further ahead no clock goes that is only a little wrong. */
const MAX_AHEAD_MS = 86_400_000;
const LONGEST_INT64 = '9223372036854775807';

/**
 * A time in milliseconds from the digits of a text between two places. Which unit they are in tells their number: below 1e11
 * seconds, below 1e14 milliseconds, below 1e17 microseconds, else nanoseconds. Undefined when they are over 64 bits.
 */
export function timeOfDigits(text: string, from: number, end: number): number | undefined {
  let first = from;
  while (first < end - 1 && text.charCodeAt(first) === ZERO) first += 1;
  const length = end - first;
  if (length <= 11) return wholeNumber(text, first, end) * 1_000;
  if (length <= 14) return wholeNumber(text, first, end);
  if (length <= 17) return wholeNumber(text, first, end - 3);
  if (length > LONGEST_INT64.length) return undefined;
  const isLong = length === LONGEST_INT64.length && text.charCodeAt(first) === NINE;
  if (isLong && text.slice(first, end) > LONGEST_INT64) return undefined;
  return wholeNumber(text, first, end - 6);
}

/** At most fourteen digits: a number holds them exactly. */
function wholeNumber(text: string, first: number, end: number): number {
  let value = 0;
  for (let at = first; at < end; at += 1) value = value * 10 + text.charCodeAt(at) - ZERO;
  return value;
}

/** Whether a time can be right when it is `nowMs`. */
export const isPlausibleTime = (timeMs: number, nowMs: number): boolean =>
  timeMs >= EARLIEST_MS && timeMs <= nowMs + MAX_AHEAD_MS;
