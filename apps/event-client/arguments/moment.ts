import { parseDurationMs } from '../../../libs/domain/index.js';

const RFC_3339 = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:[Zz]|[+-]\d{2}:\d{2})$/;
const LATEST_MS = 8_640_000_000_000_000;

export const MOMENTS =
  '"now", a duration before now such as 1h, an RFC 3339 time with its zone, or seconds since 1970';

/** A moment in milliseconds since 1970; of digits their number tells the unit. Undefined when it is none. */
export function readMoment(text: string, nowMs: number): number | undefined {
  if (text === 'now') return nowMs;
  const agoMs = parseDurationMs(text);
  if (agoMs !== undefined) return nowMs - agoMs;
  const timeMs = /^\d{1,19}$/.test(text)
    ? ofDigits(text)
    : RFC_3339.test(text)
      ? Date.parse(text)
      : Number.NaN;
  return timeMs >= 0 && timeMs <= LATEST_MS ? timeMs : undefined;
}

function ofDigits(text: string): number {
  const { length } = String(BigInt(text));
  if (length <= 11) return Number(text) * 1_000;
  return Math.floor(Number(text) / (length <= 14 ? 1 : length <= 17 ? 1e3 : 1e6));
}
