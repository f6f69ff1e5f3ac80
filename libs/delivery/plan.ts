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
 * 2. Nothing shown yet, or what was shown is gone: post it as it is now, whatever happened in between.
 * 3. Up to date: nothing.
 * 4. The close and a change of severity go at once; anything else at most once in the interval.
 */
export function plan(subject: Shown, mirror: Mirror, now: Date, rules: PlanRules): Step {
  if (mirror.unknown && !mirror.unknown.searched) return { do: 'recover' };
  if (!mirror.ref) return planPost(subject, mirror);
  const shown = mirror.shown;
  if (shown && shown.seq >= subject.seq) return { do: 'nothing' };
  if (subject.status === 'closed') return { do: 'close' };
  if (!shown || !mirror.changedAt || shown.severity !== subject.severity) return { do: 'update' };
  const steppedBack = mirror.changedAt > now;
  const changedAt = steppedBack ? now : mirror.changedAt;
  const until = new Date(changedAt.getTime() + rules.updateIntervalMs);
  if (until <= now) return { do: 'update' };
  return steppedBack ? { do: 'wait', until, rebase: true } : { do: 'wait', until };
}

function planPost(subject: Shown, mirror: Mirror): Step {
  const possibleDuplicate = mirror.unknown !== null;
  if (
    mirror.unknown &&
    mirror.unknown.posts >= POSTS_WITHOUT_VERDICT &&
    !isNews(subject, mirror.unknown.shown)
  ) {
    return { do: 'give-up' };
  }
  return { do: mirror.lost ? 'repost' : 'post', possibleDuplicate };
}

const isNews = (subject: Shown, shown: Shown): boolean =>
  subject.status !== shown.status || subject.severity !== shown.severity;
