import { parse, searchAround, startOf, type Between } from './cron-search.js';
import { WallClock } from './wall-clock.js';

const FIELDS = 5;
/** What standard cron knows: numbers, lists, ranges, steps, and the names of months and days. */
const FIELD = /^(?:[\d*,/-]|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|sun|mon|tue|wed|thu|fri|sat)+$/i;
/** What the parser says of a day that never comes, in its own words. */
const NO_SUCH_DAY = /loop limit|day of month definition|out of the time span/i;
/** An offset such as +01:00 is none: it is no place whose clock is ever changed. */
const ZONE_NAME = /^[a-z]/i;
/** Starts that are looked at for how close they are: of a schedule for every hour more than two days. */
const LOOKED_AT = 60;
/** One that comes less often is not looked at any further: within these years there is a leap year. */
const LOOKED_THROUGH_MS = 5 * 366 * 24 * 60 * 60_000;
/** Schedules whose last question is kept: most are asked again before anything has begun. Each takes some hundred bytes. */
const KEPT = 10_000;

const kept = new Map<string, Between>();

/** Why this is no cron expression of five fields that ever comes true; undefined when it is one. */
export function cronProblem(cron: string): string | undefined {
  const fields = cron.trim().split(/\s+/);
  if (fields.length !== FIELDS)
    return 'must have five fields: minute, hour, day of month, month, day of week';
  const odd = fields.find((field) => !FIELD.test(field));
  if (odd !== undefined) return `has a field that is not understood: ${odd.slice(0, 40)}`;
  try {
    parse(cron, new Date(0)).next();
    return undefined;
  } catch (error) {
    const { message } = error as Error;
    return `is no schedule that comes true: ${NO_SUCH_DAY.test(message) ? 'there is no such day' : message}`;
  }
}

/** Whether the name is one of the IANA time zone database that this machine knows. */
export function isTimeZone(name: string): boolean {
  if (!ZONE_NAME.test(name)) return false;
  try {
    WallClock.in(name);
    return true;
  } catch {
    return false;
  }
}

/**
 * Where `at` lies between the starts of a schedule. The schedule is read on the wall clock of its zone, each time once: one
 * that the clock skips in spring is as much later as the clock was put forward, one that comes twice in autumn is meant
 * the first time. (cron-parser alone answers otherwise forwards than backwards on these days, and fails for zones that
 * are put forward by half an hour.)
 */
export function startsAround(cron: string, timeZone: string, at: Date): Between {
  const key = `${timeZone} ${cron}`;
  const before = kept.get(key);
  const isSame = before?.last && before.next && before.last <= at && at < before.next;
  const found = isSame ? before : readable(cron, timeZone, at);
  // What is asked for often stays, however many others there are.
  kept.delete(key);
  kept.set(key, found);
  if (kept.size > KEPT) kept.delete(kept.keys().next().value!);
  return found;
}

/** The shortest time between two of the coming starts, on a wall whose clock is never changed; undefined where there are none. */
export function shortestGapMs(cron: string, from: Date): number | undefined {
  if (cronProblem(cron) !== undefined) return undefined;
  const expression = parse(cron, from);
  let before = startOf(expression, 'next');
  let shortest: number | undefined;
  for (let looked = 0; looked < LOOKED_AT && before; looked += 1) {
    const start = startOf(expression, 'next');
    if (start) shortest = Math.min(shortest ?? Infinity, start.getTime() - before.getTime());
    before = start && start.getTime() - from.getTime() < LOOKED_THROUGH_MS ? start : undefined;
  }
  return shortest;
}

/** A stored schedule that a later version cannot read, or whose zone is not known any more, has no starts. */
function readable(cron: string, timeZone: string, at: Date): Between {
  try {
    return searchAround(cron, WallClock.in(timeZone), at);
  } catch {
    return { last: null, next: null };
  }
}
