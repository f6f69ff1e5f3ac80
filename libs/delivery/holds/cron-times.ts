import { CronExpressionParser, type CronExpression } from 'cron-parser';
import { WallClock } from './wall-clock.js';

const FIELDS = 5;
/** What standard cron knows: numbers, lists, ranges, steps, and the names of months and days. */
const FIELD = /^(?:[\d*,/-]|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|sun|mon|tue|wed|thu|fri|sat)+$/i;
/** No zone has jumped further than this since 2012; around a jump the order of starts may be another. */
const JUMP_MS = 2 * 60 * 60_000;
/** Starts that are looked at for how close they are: of a schedule for every hour more than two days. */
const LOOKED_AT = 60;
/** Schedules whose last question is kept: most are asked again before anything has begun. */
const KEPT = 500;

/** Between which two starts of a schedule a moment lies; null where the schedule has none in reach. */
export interface Between {
  /** The last one that is not after the moment. */
  readonly last: Date | null;
  /** The first one after it. */
  readonly next: Date | null;
}

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
    return `is no schedule that comes true: ${(error as Error).message}`;
  }
}

/** Whether the name is one of the IANA time zone database that this machine knows. */
export function isTimeZone(name: string): boolean {
  try {
    return new WallClock(name).offsetAt(new Date(0)) !== undefined;
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
  if (before?.last && before.next && before.last <= at && at < before.next) return before;
  const found = readable(cron, timeZone, at);
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
    before = start;
  }
  return shortest;
}

/** A stored schedule that a later version cannot read, or whose zone is not known any more, has no starts. */
function readable(cron: string, timeZone: string, at: Date): Between {
  try {
    return search(cron, new WallClock(timeZone), at);
  } catch {
    return { last: null, next: null };
  }
}

function search(cron: string, clock: WallClock, at: Date): Between {
  const wall = clock.read(at);
  const walk = (step: 'prev' | 'next'): Date[] => {
    const isForward = step === 'next';
    const [from, enough] = isForward
      ? [wall.getTime() - JUMP_MS, wall.getTime() + JUMP_MS]
      : [wall.getTime() + JUMP_MS, wall.getTime() - JUMP_MS];
    const expression = parse(cron, new Date(from));
    const found: Date[] = [];
    for (;;) {
      const start = startOf(expression, step);
      if (!start) return found;
      const instant = clock.instantOf(start);
      if (isForward ? instant > at : instant <= at) found.push(instant);
      const isPast = isForward ? start.getTime() > enough : start.getTime() < enough;
      if (isPast && found.length > 0) return found;
    }
  };
  const times = (step: 'prev' | 'next') => walk(step).map((start) => start.getTime());
  const [earlier, later] = [times('prev'), times('next')];
  return {
    last: earlier.length > 0 ? new Date(Math.max(...earlier)) : null,
    next: later.length > 0 ? new Date(Math.min(...later)) : null,
  };
}

const parse = (cron: string, from: Date): CronExpression =>
  CronExpressionParser.parse(cron, { currentDate: from, tz: 'UTC' });

function startOf(expression: CronExpression, step: 'prev' | 'next'): Date | undefined {
  try {
    return expression[step]().toDate();
  } catch {
    // There is none within the years that it looks through.
    return undefined;
  }
}
