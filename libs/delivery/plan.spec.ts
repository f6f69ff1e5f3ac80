import { describe, expect, it } from 'vitest';
import { EMPTY_MIRROR, type Mirror, type Shown } from './delivery-state.js';
import { plan } from './plan.js';

const NOW = new Date('2026-01-01T12:00:00Z');
const ago = (ms: number): Date => new Date(NOW.getTime() - ms);
const RULES = { updateIntervalMs: 300_000, keyed: false, showsClosed: true };

const open = (seq: number, severity: Shown['severity'] = 'warning'): Shown => ({
  seq,
  status: 'open',
  severity,
});
const closed = (seq: number): Shown => ({ seq, status: 'closed', severity: 'warning' });
const REF = { channel: 'C1', ts: '1.0' };
const showing = (shown: Shown, changedAt: Date): Mirror => ({ ...EMPTY_MIRROR, ref: REF, shown, changedAt });
const unanswered = (posts: number, searched: boolean): Mirror => ({
  ...EMPTY_MIRROR,
  unknown: { posts, since: ago(1_000), shown: open(1), searched },
});
const LOST: Mirror = { ...EMPTY_MIRROR, lost: true };
const refused = (at: Date): Mirror => ({ ...EMPTY_MIRROR, refused: { at, shown: open(1) } });

describe('the plan', () => {
  it.each<[string, Shown, Mirror, object]>([
    ['posts what was never shown', open(1), EMPTY_MIRROR, { do: 'post', possibleDuplicate: false }],
    [
      'posts a closed issue that was never shown',
      closed(2),
      EMPTY_MIRROR,
      { do: 'post', possibleDuplicate: false },
    ],
    ['does nothing when all is shown', open(3), showing(open(3), ago(900_000)), { do: 'nothing' }],
    [
      'waits until the interval is over',
      open(3),
      showing(open(2), ago(299_999)),
      { do: 'wait', until: new Date(NOW.getTime() + 1) },
    ],
    ['updates when the interval is over', open(3), showing(open(2), ago(300_000)), { do: 'update' }],
    ['sends a change of severity at once', open(3, 'critical'), showing(open(2), ago(1)), { do: 'update' }],
    ['sends the close at once', closed(3), showing(open(2), ago(1)), { do: 'close' }],
    [
      'counts from now when the clock stepped back',
      open(3),
      showing(open(2), ago(-60_000)),
      { do: 'wait', until: new Date(NOW.getTime() + 300_000), rebase: true },
    ],
    [
      'searches for a post without a verdict before all else',
      closed(3),
      unanswered(1, false),
      { do: 'recover' },
    ],
    [
      'posts it once more, marked, when it could not be searched',
      open(1),
      unanswered(1, true),
      { do: 'post', possibleDuplicate: true },
    ],
    ['posts no third time for the same news', open(2), unanswered(2, true), { do: 'give-up' }],
    ['posts the close even then', closed(3), unanswered(2, true), { do: 'post', possibleDuplicate: true }],
    ['posts again in place of a lost message', open(4), LOST, { do: 'repost', possibleDuplicate: false }],
    [
      'leaves a sink alone for the interval after it refused the same news',
      open(2),
      refused(ago(1)),
      { do: 'wait', until: new Date(NOW.getTime() + 299_999) },
    ],
    ['tries again after that', open(2), refused(ago(300_000)), { do: 'post', possibleDuplicate: false }],
    [
      'tries news at once after a refusal',
      closed(2),
      refused(ago(1)),
      { do: 'post', possibleDuplicate: false },
    ],
  ])('%s', (_sentence, subject, mirror, step) => {
    expect(plan(subject, mirror, NOW, RULES)).toEqual(step);
  });
});
