import { describe, expect, it } from 'vitest';
import type { Outcome } from '../domain/index.js';
import type { DeliveryState, PendingVerdict } from './delivery-state.js';
import { settle } from './settle.js';
import { MAX_AGE_MS } from './settle-call.js';
import { after, aMirror, aState, closed, NOW, open, showing, unanswered } from './testing/sample-states.js';

const NOTE = { code: 'test', reason: 'As scripted.' };
const RECEIPT = { id: 'r1' };
const UNJUDGED: Outcome = { kind: 'ambiguous', receipt: RECEIPT, ...NOTE };
const UNABLE: Outcome = { kind: 'transient', ...NOTE };
const CONTEXT = { now: NOW, random: () => 0, readsBack: true };

const asking = (
  pending: Partial<PendingVerdict> = {},
  overrides: Partial<DeliveryState> = {},
): DeliveryState => {
  const mirror = {
    ...(overrides.mirror ?? aMirror()),
    pending: {
      receipt: RECEIPT,
      action: 'open',
      shows: open(1),
      since: after(-1_000),
      asks: 0,
      ...pending,
    } as const,
  };
  return aState({ call: { action: 'confirm', shows: open(1), startedAt: NOW }, ...overrides, mirror });
};
const told = (state: DeliveryState, outcome: Outcome): DeliveryState => settle(state, { outcome }, CONTEXT);

describe('asked for its verdict', () => {
  it.each([
    [0, 2_000],
    [1, 4_000],
    [2, 8_000],
    [3, 15_000],
    [4, 30_000],
    [19, 30_000],
  ])('a sink that has none after %i askings is asked again in %i ms', (asks, waitMs) => {
    expect(told(asking({ asks }, { failures: 2 }), UNJUDGED)).toMatchObject({
      call: null,
      dueAt: after(waitMs),
      failures: 0,
      settledSeq: 0,
      mirror: { pending: { asks: asks + 1, receipt: RECEIPT }, unknown: null },
    });
  });

  it('a sink that has none after ten minutes has lost the request, and it is sent again', () => {
    const still = told(asking({ since: after(1 - 600_000) }), UNJUDGED);
    expect(still.mirror.pending).not.toBeNull();
    const since = after(-600_000);
    expect(told(asking({ since }), UNJUDGED)).toMatchObject({
      failures: 1,
      dueAt: after(1_000),
      mirror: { pending: null, unknown: { posts: 1, since, shown: open(1) } },
    });
    const mirror = showing(open(1), after(-900_000));
    const updating = asking({ action: 'update', shows: open(2), since }, { acceptedSeq: 2, mirror });
    expect(told(updating, UNJUDGED)).toMatchObject({
      mirror: { pending: null, unknown: null, changedAt: since },
    });
  });

  it('a sink that did it has delivered what was sent, not what the issue is by now', () => {
    const state = asking({}, { acceptedSeq: 3 });
    expect(told(state, { kind: 'delivered', ref: { alias: 'a' } })).toMatchObject({
      settledSeq: 1,
      settled: { delivered: 1 },
      dueAt: NOW,
      mirror: { pending: null, shown: open(1), changedAt: NOW, verify: null },
    });
  });

  it('a sink that closed it is read back', () => {
    const state = asking({ action: 'close', shows: closed(1) }, { mirror: showing(open(0)) });
    expect(told(state, { kind: 'delivered', ref: {} }).mirror).toMatchObject({
      shown: closed(1),
      verify: { at: NOW, round: 1 },
    });
  });

  it.each<[string, Outcome, object, object]>([
    [
      'refused it: it is rejected',
      { kind: 'rejected', ...NOTE },
      { lastEnd: 'rejected' },
      { pending: null, refused: { at: NOW, shown: open(1) } },
    ],
    [
      'knows of no alert: a person ended it',
      { kind: 'gone', what: 'ended', ...NOTE },
      { dueAt: NOW },
      { pending: null, ended: open(1) },
    ],
    [
      'cannot say: it is asked again',
      { kind: 'transient', ...NOTE },
      { failures: 1, dueAt: after(1_000) },
      { pending: { asks: 0 }, unknown: null },
    ],
    [
      'knows nothing of it any more has lost it: it is sent again',
      { kind: 'ambiguous', ...NOTE },
      { failures: 1, dueAt: after(1_000) },
      { pending: null, unknown: { posts: 1, shown: open(1) } },
    ],
    [
      'wants to be left alone: it waits',
      { kind: 'throttled', waitMs: 7_000, ...NOTE },
      { dueAt: after(7_000), failures: 0 },
      { pending: { asks: 0 } },
    ],
    [
      'does not know the key: it is parked, and asked when that is mended',
      { kind: 'unauthorized', ...NOTE },
      { parked: true, dueAt: null },
      { pending: { asks: 0 } },
    ],
    [
      'is not there: the same',
      { kind: 'gone', what: 'destination', ...NOTE },
      { parked: true, dueAt: null },
      { pending: { asks: 0 } },
    ],
  ])('a sink that %s', (_sentence, outcome, expected, mirror) => {
    expect(told(asking(), outcome)).toMatchObject({ call: null, parked: false, ...expected, mirror });
  });

  it('a sink that cannot say for ten minutes has lost the request as well', () => {
    const since = after(-600_000);
    expect(told(asking({ since: after(1 - 600_000) }), UNABLE).mirror.pending).not.toBeNull();
    expect(told(asking({ since }), UNABLE)).toMatchObject({
      settledSeq: 0,
      mirror: { pending: null, unknown: { posts: 1, since, shown: open(1) } },
    });
  });

  it.each([UNJUDGED, UNABLE])('what was to be closed is read back after that, as if it were', (outcome) => {
    const close = { action: 'close', shows: closed(2), since: after(-600_000) } as const;
    const owing = { acceptedSeq: 2, settledSeq: 1 };
    const state = asking(close, { ...owing, mirror: { ...showing(open(1)), drifts: 2 } });
    expect(told(state, outcome)).toMatchObject({
      settled: { delivered: 1 },
      settledSeq: 2,
      dueAt: NOW,
      mirror: { ref: { id: 'm1' }, pending: null, drifts: 2, verify: { at: NOW, round: 1 } },
    });
    const unread = settle(state, { outcome }, { ...CONTEXT, readsBack: false });
    expect(unread).toMatchObject({ settledSeq: 1, failures: 1, mirror: { pending: null, verify: null } });
    const byItsKey = asking(close, { ...owing, mirror: unanswered(open(1)) });
    expect(told(byItsKey, outcome).mirror).toMatchObject({ ref: {}, unknown: null, verify: { round: 1 } });
  });

  it.each<Outcome>([
    { kind: 'throttled', waitMs: 1_000, ...NOTE },
    { kind: 'unauthorized', ...NOTE },
  ])('to be asked later is no loss, however long ago it was sent', (outcome) => {
    expect(told(asking({ since: after(-3_600_000) }), outcome).mirror.pending).toMatchObject({ asks: 0 });
  });

  it('is not given up for its age, but for having no answer', () => {
    const old = asking({}, { owedSince: after(-MAX_AGE_MS) });
    expect(told(old, UNABLE)).toMatchObject({ settledSeq: 0, failures: 1, mirror: { pending: { asks: 0 } } });
    const lost = asking({ since: after(-600_000) }, { owedSince: after(-MAX_AGE_MS) });
    expect(told(lost, UNABLE)).toMatchObject({ lastEnd: 'expired', mirror: { unknown: { shown: open(1) } } });
    expect(told({ ...lost, parked: true }, UNABLE)).toMatchObject({ settledSeq: 0, parked: false });
  });

  it('for nothing looks again', () => {
    const state = aState({ dueAt: null, call: { action: 'confirm', shows: open(1), startedAt: NOW } });
    expect(told(state, UNJUDGED)).toMatchObject({ dueAt: NOW, call: null });
  });
});
