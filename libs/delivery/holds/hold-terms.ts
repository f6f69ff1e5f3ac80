import { badRequest, formatDuration, parseDurationMs } from '../../domain/index.js';
import { shortestGapMs } from './cron-times.js';
import type { HoldMatcher } from './hold.js';
import type { SilenceBody, WindowBody } from './holds.schema.js';

/** What a silence or window is to be. */
export interface HoldTerms {
  readonly matcher: HoldMatcher;
  readonly reason: string;
  readonly fromAt: Date;
  readonly untilAt: Date | null;
  readonly cron: string | null;
  readonly timeZone: string | null;
  readonly durationMs: number | null;
}

const MAX_SILENCE_MS = 366 * 24 * 60 * 60_000;
/** Denser windows are one long silence with holes; every claim looks at where it lies between two starts. */
const MIN_GAP_MS = 60 * 60_000;

/** The terms of a silence. `from`: when it begins unless the body says. Throws a 400 for times that make no sense. */
export function silenceTerms(body: SilenceBody, from: Date, now: Date): HoldTerms {
  const fromAt = body.from === undefined ? from : new Date(body.from);
  const untilAt = new Date(body.until);
  requireOrder(fromAt, untilAt, now);
  if (untilAt.getTime() - fromAt.getTime() > MAX_SILENCE_MS)
    throw badRequest({ until: 'must be at most a year after it begins' });
  const { matcher, reason } = body;
  return { matcher, reason, fromAt, untilAt, cron: null, timeZone: null, durationMs: null };
}

/** The terms of a window; as `silenceTerms`, and for starts within an hour and occurrences that run into each other. */
export function windowTerms(body: WindowBody, from: Date, now: Date): HoldTerms {
  const fromAt = body.from === undefined ? from : new Date(body.from);
  const untilAt = body.until == null ? null : new Date(body.until);
  if (untilAt) requireOrder(fromAt, untilAt, now);
  const { matcher, reason, cron, timeZone } = body;
  const durationMs = parseDurationMs(body.duration)!;
  requireGaps(cron, durationMs, now);
  return { matcher, reason, fromAt, untilAt, cron: cron.trim(), timeZone, durationMs };
}

function requireOrder(fromAt: Date, untilAt: Date, now: Date): void {
  if (untilAt <= fromAt) throw badRequest({ until: 'must be after it begins' });
  if (untilAt <= now) throw badRequest({ until: 'is over already' });
}

function requireGaps(cron: string, durationMs: number, now: Date): void {
  const gapMs = shortestGapMs(cron, now);
  if (gapMs !== undefined && gapMs < MIN_GAP_MS)
    throw badRequest({ cron: 'must leave at least an hour between two starts of the window' });
  if (gapMs === undefined || gapMs > durationMs) return;
  throw badRequest({
    duration: `must be shorter than the ${formatDuration(gapMs)} that may lie between two of its starts`,
  });
}
