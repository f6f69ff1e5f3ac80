import { describe, expect, it } from 'vitest';
import type { IntegrationView } from './decide.js';
import type { DeliveryState, Shown } from './delivery-state.js';
import { ALERTS, FILTER, HELD, look, nameOf, SHOWN_OWING, SILENCE } from './testing/sample-decisions.js';
import { after, aMirror, aState, closed, NOW, open, showing, unanswered } from './testing/sample-states.js';

const pending = (action: 'open' | 'update' | 'close', shows: Shown) =>
  ({ receipt: { id: 'r1' }, action, shows, since: NOW, asks: 0 }) as const;
const ASKING = aState({ mirror: aMirror({ pending: pending('open', open(1)) }) });
const LOOKING = aState({
  settledSeq: 1,
  mirror: { ...showing(closed(1)), verify: { at: NOW, round: 1 } },
});
const THROTTLED = after(30_000);

describe('what a due delivery needs is decided in this order', () => {
  it.each<[string, DeliveryState, Shown, Partial<IntegrationView>, string]>([
    [
      'what is turned elsewhere is suppressed before all else',
      aState(),
      open(1),
      { active: false, blocked: true, hold: FILTER },
      'suppressed',
    ],
    ['nothing is done for what owes nothing', aState({ settledSeq: 1 }), open(1), { blocked: true }, 'rest'],
    ['what is held back is not parked', aState(), open(1), { hold: FILTER, blocked: true }, 'suppressed'],
    [
      'what is held back does not wait for a throttled sink',
      aState(),
      open(1),
      { hold: SILENCE, throttledUntil: THROTTLED },
      'suppressed until 60000',
    ],
    ['a verdict is asked for in spite of a hold', ASKING, open(1), { hold: SILENCE }, 'confirm'],
    ['no verdict is asked of a failing integration', ASKING, open(1), { blocked: true }, 'park'],
    [
      'no verdict is asked of a throttled sink',
      ASKING,
      open(1),
      { throttledUntil: THROTTLED },
      'rest until 30000',
    ],
    [
      'what is failing is parked before it is throttled',
      aState(),
      open(1),
      { blocked: true, throttledUntil: THROTTLED },
      'park',
    ],
    ['what is throttled waits', aState(), open(1), { throttledUntil: THROTTLED }, 'rest until 30000'],
    ['a throttle that is over does not count', aState(), open(1), { throttledUntil: NOW }, 'post'],
    ['nothing is sent before the verdict is in', { ...ASKING, acceptedSeq: 2 }, closed(2), {}, 'confirm'],
    ['a verdict is asked for even if nothing is owed', { ...ASKING, settledSeq: 1 }, open(1), {}, 'confirm'],
    ['what was closed is looked at', LOOKING, closed(1), {}, 'verify'],
    ['what was closed is looked at under a hold', LOOKING, closed(1), { hold: SILENCE }, 'verify'],
    [
      'what was closed is looked at when it is time',
      { ...LOOKING, mirror: { ...LOOKING.mirror, verify: { at: after(7), round: 2 } } },
      closed(1),
      {},
      'rest until 7',
    ],
    [
      'what is owed goes before the look',
      { ...LOOKING, settledSeq: 0, mirror: { ...LOOKING.mirror, shown: open(0) } },
      closed(1),
      {},
      'close',
    ],
    ['what is open is not looked at', LOOKING, open(1), {}, 'rest'],
    ['a failing integration is asked for nothing', LOOKING, closed(1), { blocked: true }, 'park'],
    ['a wait is a rest', { ...SHOWN_OWING, mirror: showing(open(1)) }, open(2), {}, 'rest until 300000'],
    [
      'what is up to date is delivered',
      { ...SHOWN_OWING, mirror: showing(open(2)) },
      open(2),
      {},
      'delivered',
    ],
    [
      'a third post of the same news is none',
      aState({ mirror: unanswered(open(1), true, 2) }),
      open(1),
      {},
      'rejected',
    ],
  ])('%s', (_sentence, state, subject, view, expected) => {
    expect(nameOf(look(state, subject, view))).toBe(expected);
  });

  it.each<[string, DeliveryState, Shown, string]>([
    ['it is over before it could be shown', aState(), closed(1), 'expired'],
    ['a person ended it', aState({ mirror: aMirror({ lost: true, ended: open(1) }) }), open(1), 'suppressed'],
    ['it got no verdict and is over', aState({ mirror: unanswered(open(1)) }), closed(1), 'close'],
  ])('at a keyed sink: %s', (_sentence, state, subject, expected) => {
    expect(nameOf(look(state, subject, {}, ALERTS))).toBe(expected);
  });

  it.each<[string, DeliveryState, Shown, string]>([
    ['what would be posted is taken in', aState(), open(1), 'absorb'],
    ['what was lost is taken in', aState({ mirror: aMirror({ lost: true }) }), open(1), 'absorb'],
    ['what is shown is updated', SHOWN_OWING, open(2), 'update'],
    ['what may be shown is searched for', aState({ mirror: unanswered(open(1)) }), open(1), 'recover'],
    ['what may be shown is posted again', aState({ mirror: unanswered(open(1), true) }), open(1), 'post'],
  ])('in a storm %s', (_sentence, state, subject, expected) => {
    expect(nameOf(look(state, subject, { storm: true }))).toBe(expected);
  });
});

describe('an integration that takes it no more', () => {
  it('forgets what it waited for, but not that it may have been done', () => {
    const { rest } = look(ASKING, open(1), { active: false }) as { rest: DeliveryState };
    expect(rest).toMatchObject({ dueAt: null, parked: false, lastEnd: 'suppressed' });
    expect(rest.mirror).toMatchObject({ pending: null, verify: null, unknown: { posts: 1, shown: open(1) } });
    const held = look(HELD, open(1), { active: false }) as { rest: DeliveryState };
    expect(held.rest.held).toBeNull();
  });
});

it('after the clock stepped back counts from now, for the change and for the refusal', () => {
  const mirror = { ...showing(open(1), after(1_000)), refused: { at: after(2_000), shown: open(1) } };
  expect(look({ ...SHOWN_OWING, mirror }, open(2))).toMatchObject({
    rest: { dueAt: after(300_000), mirror: { changedAt: NOW, refused: { at: NOW } } },
  });
});

it('what is parked stays so while it waits as a probe: it must not be too late in the end', () => {
  const state = aState({ parked: true });
  const waits = look(state, open(1), { throttledUntil: after(30_000) });
  expect(waits).toMatchObject({ rest: { parked: true, dueAt: after(30_000) } });
});
