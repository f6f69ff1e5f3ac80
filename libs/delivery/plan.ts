import type { Mirror, Shown } from './delivery-state.js';

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
  | { readonly do: 'give-up' };

export interface PlanRules {
  /** Least time between two plain updates of one message, in milliseconds. */
  readonly updateIntervalMs: number;
}

/** A post without a verdict is tried once more; this many in a row, of the same news, and no further. */
const POSTS_WITHOUT_VERDICT = 2;

/**
 * Compares what is with what is shown. The rules, first match wins:
 *
 * 1. A post without a verdict is searched for before anything else is sent.
 * 2. Up to date: nothing.
 * 3. News (the first post, a change of severity, the close) goes at once; anything else waits until the interval is
 *    over since the message was last changed, or since the sink last refused it.
 * 4. Nothing shown yet, or what was shown is gone: it is posted as it is now, whatever happened in between.
 */
export function plan(subject: Shown, mirror: Mirror, now: Date, rules: PlanRules): Step {
  if (mirror.unknown && !mirror.unknown.searched) return { do: 'recover' };
  if (mirror.ref && mirror.shown && mirror.shown.seq >= subject.seq) return { do: 'nothing' };
  const toldAt = lastTold(subject, mirror);
  if (!toldAt) return mirror.ref ? planChange(subject) : planPost(subject, mirror);
  const steppedBack = toldAt > now;
  const until = new Date((steppedBack ? now : toldAt).getTime() + rules.updateIntervalMs);
  if (until <= now) return mirror.ref ? planChange(subject) : planPost(subject, mirror);
  return steppedBack ? { do: 'wait', until, rebase: true } : { do: 'wait', until };
}

/** When the sink was last told what is no news any more: shown, or refused. Null when the subject is news. */
function lastTold(subject: Shown, { ref, shown, changedAt, refused }: Mirror): Date | null {
  const shownAt = ref && shown && !isNews(subject, shown) ? changedAt : null;
  const refusedAt = refused && !isNews(subject, refused.shown) ? refused.at : null;
  return shownAt && refusedAt ? (shownAt > refusedAt ? shownAt : refusedAt) : (shownAt ?? refusedAt);
}

const planChange = (subject: Shown): Step => ({ do: subject.status === 'closed' ? 'close' : 'update' });

function planPost(subject: Shown, { unknown, lost }: Mirror): Step {
  if (unknown && unknown.posts >= POSTS_WITHOUT_VERDICT && !isNews(subject, unknown.shown))
    return { do: 'give-up' };
  return { do: lost ? 'repost' : 'post', possibleDuplicate: unknown !== null };
}

const isNews = (subject: Shown, shown: Shown): boolean =>
  subject.status !== shown.status || subject.severity !== shown.severity;
