import { CronExpressionParser, type CronExpression } from 'cron-parser';
import { JUMP_MS, type WallClock } from './wall-clock.js';

const MINUTE_MS = 60_000;

/** Between which two starts of a schedule a moment lies; null where the schedule has none in reach. */
export interface Between {
  /** The last one that is not after the moment. */
  readonly last: Date | null;
  /** The first one after it. */
  readonly next: Date | null;
}

/** Throws an `Error` for what is no schedule. */
export const parse = (cron: string, from: Date): CronExpression =>
  CronExpressionParser.parse(cron, { currentDate: from, tz: 'UTC' });

/** The start before or after the one that was found last; undefined when there is none within the years that are looked through. */
export function startOf(expression: CronExpression, step: 'prev' | 'next'): Date | undefined {
  try {
    return expression[step]().toDate();
  } catch {
    return undefined;
  }
}

/** Where `at` lies between the starts of a schedule that is read on this clock. Throws an `Error` for what is no schedule. */
export const searchAround = (cron: string, clock: WallClock, at: Date): Between =>
  nearest(cron, clock, at) ?? walked(cron, clock, at);

/**
 * Where the clock is changed neither near the moment nor near what is found, the nearest starts on the wall are the nearest
 * in time. Undefined where it is, or where there is no start.
 */
function nearest(cron: string, clock: WallClock, at: Date): Between | undefined {
  const offset = clock.steadyOffsetAt(at);
  if (offset === undefined) return undefined;
  const wall = at.getTime() + offset;
  const minute = new Date(wall - (wall % MINUTE_MS));
  const expression = parse(cron, new Date(minute.getTime() + MINUTE_MS));
  const last = steadyInstant(startOf(expression, 'prev'), clock, offset);
  if (!last) return undefined;
  expression.reset(minute);
  const next = steadyInstant(startOf(expression, 'next'), clock, offset);
  return next && { last, next };
}

/** When the wall shows this start; undefined near a change of the clock. `offset`: the one that it most likely has. */
function steadyInstant(start: Date | undefined, clock: WallClock, offset: number): Date | undefined {
  if (!start) return undefined;
  const likely = new Date(start.getTime() - offset);
  if (clock.steadyOffsetAt(likely) === offset) return likely;
  const instant = clock.instantOf(start);
  return clock.steadyOffsetAt(instant) === undefined ? undefined : instant;
}

/** Looks at every start near the moment on the wall, for their order in time may be another. */
function walked(cron: string, clock: WallClock, at: Date): Between {
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
