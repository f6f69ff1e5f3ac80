import { describe, expect, it } from 'vitest';
import { EMPTY_MIRROR, type Mirror, type Shown } from './delivery-state.js';
import { plan, type Step } from './plan.js';
import { after, aMirror, closed, NOW, open, showing, unanswered } from './testing/sample-states.js';

const INTERVAL_MS = 300_000;
/** As Slack: changed in place, not keyed. */
const MESSAGES = { updateIntervalMs: INTERVAL_MS, keyed: false, showsClosed: true };
/** As OpsGenie: keyed, and what opens there pages somebody. */
const ALERTS = { updateIntervalMs: INTERVAL_MS, keyed: true, showsClosed: false };

const POST: Step = { do: 'post', possibleDuplicate: false };
const REPOST: Step = { do: 'repost', possibleDuplicate: false };
const LOST = aMirror({ lost: true });
const refused = (agoMs: number, shown = open(1)): Mirror =>
  aMirror({ refused: { at: after(-agoMs), shown } });
const ended = (shown: Shown): Mirror => aMirror({ lost: true, ended: shown });
const waitUntil = (ms: number): Step => ({ do: 'wait', until: after(ms) });

type Case = [string, Shown, Mirror, Step];

const alike: Case[] = [
  ['posts what was never shown', open(1), EMPTY_MIRROR, POST],
  ['does nothing when all is shown', open(3), showing(open(3), after(-900_000)), { do: 'nothing' }],
  ['waits until the interval is over', open(3), showing(open(2), after(-299_999)), waitUntil(1)],
  ['updates when the interval is over', open(3), showing(open(2), after(-300_000)), { do: 'update' }],
  ['sends a change for the worse at once', open(3, 'critical'), showing(open(2)), { do: 'update' }],
  ['sends a change for the better at once', open(3), showing(open(2, 'critical')), { do: 'update' }],
  ['sends the close at once', closed(3), showing(open(2)), { do: 'close' }],
  [
    'counts from now when the clock stepped back',
    open(3),
    showing(open(2), after(60_000)),
    { do: 'wait', until: after(INTERVAL_MS), rebase: true },
  ],
  ['posts again in place of what is gone', open(4), LOST, REPOST],
  ['leaves a sink alone that refused the same', open(2), refused(1), waitUntil(299_999)],
  ['tries again after the interval', open(2), refused(300_000), POST],
  ['tries what is worse at once', open(2, 'critical'), refused(1), POST],
  [
    'counts from what came later: the refusal',
    open(3),
    { ...showing(open(1), after(-200_000)), refused: { at: after(-100_000), shown: open(2) } },
    waitUntil(200_000),
  ],
  [
    'counts from what came later: the change',
    open(3),
    { ...showing(open(2), after(-100_000)), refused: { at: after(-200_000), shown: open(1) } },
    waitUntil(200_000),
  ],
];

const messages: Case[] = [
  ['posts a closed issue that was never shown', closed(2), EMPTY_MIRROR, POST],
  ['posts a closed issue whose message is gone', closed(2), LOST, REPOST],
  ['searches before all else', closed(3), unanswered(open(1)), { do: 'recover' }],
  [
    'searches even when all is shown',
    open(3),
    { ...showing(open(3)), unknown: unanswered(open(1)).unknown },
    { do: 'recover' },
  ],
  ['posts once more, marked', open(1), unanswered(open(1), true), { do: 'post', possibleDuplicate: true }],
  ['posts no third time for the same news', open(2), unanswered(open(1), true, 2), { do: 'give-up' }],
  [
    'posts the close even then',
    closed(3),
    unanswered(open(1), true, 2),
    { do: 'post', possibleDuplicate: true },
  ],
  [
    'posts what got worse even then',
    open(3, 'critical'),
    unanswered(open(1), true, 2),
    { do: 'post', possibleDuplicate: true },
  ],
  [
    'marks what is posted in place of a lost message, too',
    open(3),
    { ...unanswered(open(2), true), lost: true },
    { do: 'repost', possibleDuplicate: true },
  ],
];

const alerts: Case[] = [
  ['does not page for what is over', closed(2), EMPTY_MIRROR, { do: 'too-late' }],
  ['does not page for what was refused and is over', closed(2), refused(1), { do: 'too-late' }],
  ['simply sends again what got no verdict', open(1), unanswered(open(1)), POST],
  ['sends it any number of times', open(2), unanswered(open(1), false, 9), POST],
  ['closes what may have been opened', closed(2), unanswered(open(1)), { do: 'close' }],
  ['leaves ended what a person ended', open(3), ended(open(2)), { do: 'leave-ended' }],
  ['leaves ended what got better', open(3), ended(open(2, 'critical')), { do: 'leave-ended' }],
  ['opens anew what got worse', open(3, 'critical'), ended(open(2)), REPOST],
  ['tells the close of what a person ended', closed(3), ended(open(2)), { do: 'close' }],
];

describe('the plan', () => {
  it.each(alike)('%s, whatever the sink', (_sentence, subject, mirror, step) => {
    expect(plan(subject, mirror, NOW, MESSAGES)).toEqual(step);
    expect(plan(subject, mirror, NOW, ALERTS)).toEqual(step);
  });

  it.each(messages)('%s, where messages have no key', (_sentence, subject, mirror, step) => {
    expect(plan(subject, mirror, NOW, MESSAGES)).toEqual(step);
  });

  it.each(alerts)('%s, where alerts have a key', (_sentence, subject, mirror, step) => {
    expect(plan(subject, mirror, NOW, ALERTS)).toEqual(step);
  });
});
