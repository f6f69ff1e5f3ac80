import type { BegunCall, Mirror } from './delivery-state.js';

/** No verdict is waited for any more: what was sent may have been done or not. */
export function withoutVerdict(mirror: Mirror): Mirror {
  if (!mirror.pending) return mirror;
  const { action, shows, since } = mirror.pending;
  return mirrorAfterNoVerdict({ ...mirror, pending: null }, { action, shows, startedAt: since });
}

/** What is known after a call whose end is not: it may have been done or not. */
export function mirrorAfterNoVerdict(mirror: Mirror, call: BegunCall): Mirror {
  switch (call.action) {
    case 'recover':
    case 'confirm':
    case 'verify':
      return mirror;
    case 'update':
    case 'close':
      // The change may have landed: the interval counts from it, or two updates could be seen within one.
      return { ...mirror, changedAt: call.startedAt };
    case 'open': {
      const isSameNews =
        mirror.unknown?.shown.status === call.shows.status &&
        mirror.unknown.shown.severity === call.shows.severity;
      return {
        ...mirror,
        unknown: {
          posts: isSameNews && mirror.unknown ? mirror.unknown.posts + 1 : 1,
          since: mirror.unknown?.since ?? call.startedAt,
          shown: call.shows,
          searched: false,
        },
      };
    }
  }
}
