import type { StoredHold } from '../../persistence/index.js';
import type { Hold, HoldSubject, Matcher } from './hold.js';
import { explainMatch, isMeant } from './match.js';
import { occurrenceAt, type Occurrence, type WindowTimes } from './window-times.js';

/** What has to be known of the integration: the filter of its settings, if it has one. */
export interface HeldIntegration {
  readonly id: string;
  readonly filter: Matcher | undefined;
}

/**
 * What holds a subject back from an integration now: its own filter before all else; then silences, then windows, of each
 * the one that lasts longest; null when nothing does. A filter holds what does NOT fit it, a silence or window what does.
 * The hub's own notices pass silences and windows: what these did, and that an integration fails, is never kept quiet by them.
 */
export function holdOf(
  subject: HoldSubject,
  { id, filter }: HeldIntegration,
  holds: readonly StoredHold[],
  now: Date,
): Hold | null {
  const missed = filter ? explainMatch(filter, subject).filter(({ ok }) => !ok) : [];
  if (missed.length > 0) {
    const reason = `The integration's own filter does not let it through. ${missed.map(({ text }) => text).join(' ')}`;
    return { by: 'filter', type: 'filter', until: null, reason };
  }
  if (subject.isNotice) return null;
  const meant = holds.filter((hold) => meansIntegration(hold, id) && isMeant(hold.matcher, subject));
  const active = (type: StoredHold['type']): Hold[] =>
    meant.filter((hold) => hold.type === type).flatMap((hold) => activeNow(hold, now) ?? []);
  return longest(active('silence')) ?? longest(active('window'));
}

/** When a silence or window is. */
type HoldTimes = Pick<StoredHold, 'cron' | 'timeZone' | 'durationMs' | 'fromAt' | 'untilAt'>;

/** Until when a silence or window is on, if it is on now; null when it is not. */
export const onUntil = (hold: HoldTimes, now: Date): Date | null => occurrenceOf(hold, now)?.until ?? null;

/** From when to when a silence or the occurrence of a window is that is on now; null when none is. */
export function occurrenceOf(hold: HoldTimes, now: Date): Occurrence | null {
  const times = windowTimes(hold);
  if (times) return occurrenceAt(times, now);
  const { fromAt: from, untilAt: until } = hold;
  return until && from <= now && now < until ? { from, until } : null;
}

/** When a window is; undefined for a silence. */
export function windowTimes(hold: HoldTimes): WindowTimes | undefined {
  const { cron, timeZone, durationMs, fromAt, untilAt } = hold;
  if (cron === null || timeZone === null || durationMs === null) return undefined;
  return { cron, timeZone, durationMs, fromAt, untilAt };
}

const meansIntegration = ({ matcher }: StoredHold, id: string): boolean =>
  matcher.integrationIds?.includes(id) ?? true;

function activeNow(hold: StoredHold, now: Date): Hold | undefined {
  const until = onUntil(hold, now);
  if (!until) return undefined;
  const what = hold.type === 'silence' ? 'A silence' : 'A maintenance window';
  const reason = `${what} by ${hold.author} holds it back until ${until.toISOString()}: ${ended(hold.reason)}`;
  return { by: hold.id, type: hold.type, until, reason };
}

const longest = (holds: readonly Hold[]): Hold | null =>
  holds.reduce<Hold | null>((best, hold) => (best && endOf(best) >= endOf(hold) ? best : hold), null);

const endOf = ({ until }: Hold): number => until?.getTime() ?? Infinity;

/** People write reasons with and without a full stop; here more sentences may follow. */
const ended = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);
