import { SEVERITIES } from '../domain/index.js';
import { mayBeShown, type Mirror, type Shown } from './delivery-state.js';

/** What to do about a subject at one integration, now. */
export type Step =
  | { readonly do: 'nothing' }
  /** Not before then; `rebase` says that the clock stepped back and the wait counts from now. */
  | { readonly do: 'wait'; readonly until: Date; readonly rebase?: true }
  /** Look for a message whose post had no verdict. */
  | { readonly do: 'recover' }
  | { readonly do: 'post'; readonly possibleDuplicate: boolean }
  /** Post again in place of a message that is gone. */
  | { readonly do: 'repost'; readonly possibleDuplicate: boolean }
  | { readonly do: 'update' }
  | { readonly do: 'close' }
  /** Posting once more would risk a second duplicate; wait for something that is worth it. */
  | { readonly do: 'give-up' }
  /** It was over before it could be shown, and showing it now would page somebody for nothing. */
  | { readonly do: 'too-late' }
  /** A person ended it at the sink, and it has not got worse. */
  | { readonly do: 'leave-ended' };

export interface PlanRules {
  /** Least time between two plain updates of one message, in milliseconds. */
  readonly updateIntervalMs: number;
  /** As the sink's traits say. */
  readonly keyed: boolean;
  readonly showsClosed: boolean;
}

/** A post without a verdict is tried once more; this many in a row, of the same news, and no further. */
const POSTS_WITHOUT_VERDICT = 2;

/**
 * Compares what is with what is shown. The rules, first match wins:
 *
 * 1. A post without a verdict is searched for before anything else is sent, unless it carries a key.
 * 2. Up to date: nothing.
 * 3. What a person ended at the sink stays so until it gets worse; its close is still told.
 * 4. News (the first post, a change of severity, the close) goes at once; anything else waits until the interval is
 *    over since the message was last changed, or since the sink last refused it.
 * 5. Nothing shown yet, or what was shown is gone: it is posted as it is now, whatever happened in between; unless it is
 *    closed by now, and the sink would page somebody for it.
 */
export function plan(subject: Shown, mirror: Mirror, now: Date, rules: PlanRules): Step {
  if (mirror.unknown && !mirror.unknown.searched && !rules.keyed) return { do: 'recover' };
  if (mirror.ref && mirror.shown && mirror.shown.seq >= subject.seq) return { do: 'nothing' };
  if (mirror.ended && subject.status === 'open' && !isWorse(subject, mirror.ended))
    return { do: 'leave-ended' };
  const toldAt = lastTold(subject, mirror);
  if (!toldAt) return planCall(subject, mirror, rules);
  const steppedBack = toldAt > now;
  const until = new Date((steppedBack ? now : toldAt).getTime() + rules.updateIntervalMs);
  if (until <= now) return planCall(subject, mirror, rules);
  return steppedBack ? { do: 'wait', until, rebase: true } : { do: 'wait', until };
}

/** When the sink was last told what is no news any more: shown, or refused. Null when the subject is news. */
function lastTold(subject: Shown, { ref, shown, changedAt, refused }: Mirror): Date | null {
  const shownAt = ref && shown && !isNews(subject, shown) ? changedAt : null;
  const refusedAt = refused && !isNews(subject, refused.shown) ? refused.at : null;
  return shownAt && refusedAt ? (shownAt > refusedAt ? shownAt : refusedAt) : (shownAt ?? refusedAt);
}

function planCall(subject: Shown, mirror: Mirror, rules: PlanRules): Step {
  const isClosed = subject.status === 'closed';
  if (mirror.ref) return isClosed ? { do: 'close' } : { do: 'update' };
  // By its key it can be closed wherever it is, if it is anywhere.
  if (isClosed && rules.keyed && (mayBeShown(mirror) || mirror.ended)) return { do: 'close' };
  if (isClosed && !rules.showsClosed) return { do: 'too-late' };
  return planPost(subject, mirror, rules);
}

function planPost(subject: Shown, { unknown, lost }: Mirror, { keyed }: PlanRules): Step {
  if (keyed) return { do: lost ? 'repost' : 'post', possibleDuplicate: false };
  if (unknown && unknown.posts >= POSTS_WITHOUT_VERDICT && !isNews(subject, unknown.shown))
    return { do: 'give-up' };
  return { do: lost ? 'repost' : 'post', possibleDuplicate: unknown !== null };
}

const isNews = (subject: Shown, shown: Shown): boolean =>
  subject.status !== shown.status || subject.severity !== shown.severity;

const isWorse = (subject: Shown, than: Shown): boolean =>
  SEVERITIES.indexOf(subject.severity) > SEVERITIES.indexOf(than.severity);
