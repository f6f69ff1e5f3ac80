import { startsAround } from './cron-times.js';

/** When a maintenance window is: `durationMs` from each start on, within `fromAt` and `untilAt`. */
export interface WindowTimes {
  readonly cron: string;
  readonly timeZone: string;
  readonly durationMs: number;
  readonly fromAt: Date;
  /** Null when it goes on for ever. */
  readonly untilAt: Date | null;
}

/** One of its occurrences: from the first moment to the first moment after it. */
export interface Occurrence {
  readonly from: Date;
  readonly until: Date;
}

/** Starts of occurrences that run into each other that are walked back through. */
const MAX_STEPS_BACK = 1_000;

/** The occurrence that is under way; null when none is. Its length is elapsed time, whatever the clocks are put to. */
export function occurrenceAt(window: WindowTimes, now: Date): Occurrence | null {
  if (now < window.fromAt || (window.untilAt && now >= window.untilAt)) return null;
  const { last } = startsAround(window.cron, window.timeZone, now);
  const occurrence = last && within(window, last);
  return occurrence && occurrence.until > now ? occurrence : null;
}

/** When an occurrence ended last, at `now` or before; null when none has. One that runs into the next has no end of its own. */
export function lastEndBefore(window: WindowTimes, now: Date): Date | null {
  const { cron, timeZone, fromAt, untilAt } = window;
  // What would begin in the moment of its end does not occur any more.
  let at = untilAt && untilAt <= now ? new Date(untilAt.getTime() - 1) : now;
  for (let step = 0; step < MAX_STEPS_BACK; step += 1) {
    const { last } = startsAround(cron, timeZone, at);
    if (!last) return null;
    const { until } = within(window, last);
    if (until <= fromAt) return null;
    if (step === 0 ? until <= now : until <= at) return until;
    at = new Date(last.getTime() - 1);
  }
  return null;
}

/** The occurrence that begins next; null when there is none any more. */
export function nextOccurrence(window: WindowTimes, now: Date): Occurrence | null {
  const { cron, timeZone, fromAt, untilAt } = window;
  if (now < fromAt) {
    const first = occurrenceAt(window, fromAt);
    if (first) return first;
  }
  const { next } = startsAround(cron, timeZone, now < fromAt ? fromAt : now);
  return next && (!untilAt || next < untilAt) ? within(window, next) : null;
}

function within({ durationMs, fromAt, untilAt }: WindowTimes, start: Date): Occurrence {
  const until = new Date(start.getTime() + durationMs);
  return { from: start < fromAt ? fromAt : start, until: untilAt && untilAt < until ? untilAt : until };
}
