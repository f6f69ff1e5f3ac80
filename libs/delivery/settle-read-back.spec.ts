import { describe, expect, it } from 'vitest';
import type { Outcome } from '../domain/index.js';
import type { ReadBack } from '../sinks/index.js';
import type { DeliveryState } from './delivery-state.js';
import { settle } from './settle.js';
import { DRIFTS_AT_MOST, SECOND_LOOK_AFTER_MS } from './settle-read-back.js';
import { after, aState, closed, NOTHING_SETTLED, NOW, showing } from './testing/sample-states.js';

const NOTE = { code: 'test', reason: 'As scripted.' };
const CONTEXT = { now: NOW, random: () => 0, readsBack: true };
const DONE: Outcome = { kind: 'delivered', ref: {} };

const looked = (round: 1 | 2 = 1, overrides: Partial<DeliveryState> = {}, drifts = 0): DeliveryState =>
  aState({
    acceptedSeq: 3,
    settledSeq: 3,
    settled: { ...NOTHING_SETTLED, delivered: 2, coalesced: 1 },
    lastEnd: 'delivered',
    owedSince: null,
    call: { action: 'verify', shows: closed(3), startedAt: NOW },
    mirror: { ...showing(closed(3)), verify: { at: NOW, round }, drifts },
    ...overrides,
  });
const found = (state: DeliveryState, result: ReadBack): DeliveryState => settle(state, result, CONTEXT);

describe('what was closed and is looked at', () => {
  it('is looked at once more, ten minutes later, and then no more', () => {
    const at = after(SECOND_LOOK_AFTER_MS);
    const first = found(looked(1, { failures: 3 }), { outcome: DONE, state: 'closed' });
    expect(first).toMatchObject({ call: null, dueAt: at, failures: 0, mirror: { verify: { at, round: 2 } } });
    const second = found(looked(2), { outcome: DONE, state: 'closed' });
    expect(second).toMatchObject({ dueAt: null, mirror: { verify: null, drifts: 0 } });
    expect(second.settled).toEqual(looked().settled);
  });

  it.each([1, 2] as const)('and is open again in look %i is owed again, and closed', (round) => {
    expect(found(looked(round), { outcome: DONE, state: 'open' })).toMatchObject({
      dueAt: NOW,
      owedSince: NOW,
      settledSeq: 2,
      settled: { delivered: 1, coalesced: 1 },
      mirror: { drifts: 1, verify: null, ref: { id: 'm1' }, shown: { seq: 0, status: 'open' } },
    });
  });

  it('and was opened too often is left open', () => {
    const last = found(looked(1, {}, DRIFTS_AT_MOST - 1), { outcome: DONE, state: 'open' });
    expect(last).toMatchObject({ settledSeq: 2, mirror: { drifts: DRIFTS_AT_MOST } });
    const tooOften = found(looked(1, {}, DRIFTS_AT_MOST), { outcome: DONE, state: 'open' });
    expect(tooOften).toMatchObject({ settledSeq: 3, dueAt: null, mirror: { drifts: 6, verify: null } });
  });

  it.each<[string, Outcome, object, object | null]>([
    [
      'throttled: it waits',
      { kind: 'throttled', waitMs: 5_000, ...NOTE },
      { dueAt: after(5_000), failures: 0 },
      { round: 2 },
    ],
    [
      'unauthorized: it is parked',
      { kind: 'unauthorized', ...NOTE },
      { parked: true, dueAt: null },
      { round: 2 },
    ],
    [
      'transient: it backs off',
      { kind: 'transient', ...NOTE },
      { dueAt: after(1_000), failures: 1 },
      { at: after(1_000), round: 2 },
    ],
    [
      'without an answer: it backs off',
      { kind: 'ambiguous', ...NOTE },
      { dueAt: after(1_000), failures: 1 },
      { round: 2 },
    ],
    ['refused: it is not looked at any more', { kind: 'rejected', ...NOTE }, { dueAt: null }, null],
    [
      'the place is gone: it is not looked at any more',
      { kind: 'gone', what: 'destination', ...NOTE },
      { dueAt: null },
      null,
    ],
    ['neither open nor closed: it is not looked at any more', DONE, { dueAt: null }, null],
  ])('%s', (_sentence, outcome, expected, verify) => {
    const state = found(looked(2), { outcome });
    expect(state).toMatchObject({ parked: false, settledSeq: 3, ...expected });
    if (verify) expect(state.mirror.verify).toMatchObject(verify);
    else expect(state.mirror.verify).toBeNull();
  });

  it('and cannot be read twelve times is given up', () => {
    const transient: ReadBack = { outcome: { kind: 'transient', ...NOTE } };
    expect(found(looked(1, { failures: 10 }), transient)).toMatchObject({ failures: 11 });
    expect(found(looked(1, { failures: 11 }), transient)).toMatchObject({
      failures: 0,
      dueAt: null,
      mirror: { verify: null },
    });
  });
});
