import { describe, expect, it } from 'vitest';
import type { Outcome } from '../domain/index.js';
import type { DeliveryState } from './delivery-state.js';
import { settleCall } from './settle-call.js';
import { after, aMirror, aState, closed, NOW, open, showing, unanswered } from './testing/sample-states.js';

const NOTE = { code: 'test', reason: 'As scripted.' };
const REF = { alias: 'a' };
const CONTEXT = { now: NOW, random: () => 0, readsBack: true };
const DELIVERED: Outcome = { kind: 'delivered', ref: REF };
const ENDED: Outcome = { kind: 'gone', what: 'ended', ...NOTE };
const OPENING = { action: 'open', shows: open(1), startedAt: after(-500) } as const;
const UPDATING = { action: 'update', shows: open(2, 'critical'), startedAt: after(-500) } as const;
const CLOSING = { action: 'close', shows: closed(2), startedAt: after(-500) } as const;
const SHOWN = aState({ acceptedSeq: 2, settledSeq: 1, mirror: showing(open(1), after(-900_000)) });

describe('what follows from a call', () => {
  it('that was delivered: everything it showed is settled, and nothing is due', () => {
    const state = aState({ acceptedSeq: 3, failures: 2, mirror: unanswered(open(1)) });
    expect(settleCall(state, { ...OPENING, shows: open(3) }, DELIVERED, CONTEXT)).toMatchObject({
      settled: { delivered: 1, coalesced: 2 },
      settledSeq: 3,
      lastEnd: 'delivered',
      failures: 0,
      dueAt: null,
      owedSince: null,
      mirror: aMirror({ ref: REF, shown: open(3), changedAt: NOW }),
    });
  });

  it('that was delivered or refused while more came in: the rest is due at once', () => {
    const state = aState({ acceptedSeq: 2 });
    const rest = { settledSeq: 1, dueAt: NOW, owedSince: NOW };
    expect(settleCall(state, OPENING, DELIVERED, CONTEXT)).toMatchObject(rest);
    expect(settleCall(state, OPENING, { kind: 'rejected', ...NOTE }, CONTEXT)).toMatchObject(rest);
  });

  it('that closed: it is read back at once, where that can be done, and drifts stay counted', () => {
    const state = { ...SHOWN, mirror: { ...SHOWN.mirror, drifts: 2 } };
    const done = settleCall(state, CLOSING, DELIVERED, CONTEXT);
    expect(done).toMatchObject({ dueAt: NOW, mirror: { drifts: 2, verify: { at: NOW, round: 1 } } });
    const plain = settleCall(state, CLOSING, DELIVERED, { ...CONTEXT, readsBack: false });
    expect(plain).toMatchObject({ dueAt: null, mirror: { verify: null } });
    expect(settleCall(SHOWN, UPDATING, DELIVERED, CONTEXT).mirror.verify).toBeNull();
  });

  it('that was taken: its verdict is asked for a second later, and nothing counts as failed', () => {
    const taken: Outcome = { kind: 'ambiguous', receipt: { id: 'r1' }, ...NOTE };
    expect(settleCall(aState({ failures: 3 }), OPENING, taken, CONTEXT)).toMatchObject({
      failures: 0,
      dueAt: after(1_000),
      settledSeq: 0,
      mirror: { pending: { action: 'open', shows: open(1), since: after(-500), asks: 0 }, unknown: null },
    });
    expect(() => settleCall(aState(), { ...OPENING, action: 'verify' }, taken, CONTEXT)).toThrow(
      'A call to verify gives no receipt',
    );
  });

  it.each<[string, DeliveryState, typeof OPENING | typeof UPDATING | typeof CLOSING, Outcome, object]>([
    [
      'throttled: it waits as long as it was told',
      aState(),
      OPENING,
      { kind: 'throttled', waitMs: 9_000, ...NOTE },
      { dueAt: after(9_000), failures: 0 },
    ],
    [
      'transient: it backs off',
      aState({ failures: 1 }),
      OPENING,
      { kind: 'transient', ...NOTE },
      { dueAt: after(1_000), failures: 2 },
    ],
    [
      'unauthorized: it is parked',
      aState(),
      OPENING,
      { kind: 'unauthorized', ...NOTE },
      { dueAt: null, parked: true, settledSeq: 0 },
    ],
    [
      'the destination is gone: it is parked',
      SHOWN,
      UPDATING,
      { kind: 'gone', what: 'destination', ...NOTE },
      { dueAt: null, parked: true, mirror: SHOWN.mirror },
    ],
    [
      'the message is gone: another is due at once',
      SHOWN,
      CLOSING,
      { kind: 'gone', what: 'message', ...NOTE },
      { dueAt: NOW, mirror: { ref: null, shown: null, lost: true, ended: null } },
    ],
    [
      'ended by a person: it stays as it was when they ended it',
      SHOWN,
      UPDATING,
      ENDED,
      { dueAt: NOW, mirror: { ref: null, ended: open(1) } },
    ],
    [
      'ended before anything was known to be shown',
      aState(),
      UPDATING,
      ENDED,
      { dueAt: NOW, mirror: { ended: UPDATING.shows } },
    ],
    [
      'to be closed and ended by a person: it is closed',
      SHOWN,
      CLOSING,
      ENDED,
      {
        settled: { delivered: 1 },
        settledSeq: 2,
        mirror: { ref: { id: 'm1' }, shown: closed(2), verify: { round: 1 } },
      },
    ],
    [
      'refused: it is rejected and remembered',
      SHOWN,
      UPDATING,
      { kind: 'rejected', ...NOTE },
      {
        dueAt: null,
        lastEnd: 'rejected',
        settledSeq: 2,
        mirror: { ref: { id: 'm1' }, refused: { at: NOW, shown: UPDATING.shows } },
      },
    ],
    [
      'refused in part: the same',
      SHOWN,
      UPDATING,
      { kind: 'partial', rejected: [] },
      { dueAt: null, lastEnd: 'rejected' },
    ],
    [
      'a post without a verdict',
      aState(),
      OPENING,
      { kind: 'ambiguous', ...NOTE },
      { failures: 1, mirror: { unknown: { posts: 1, since: after(-500), shown: open(1), searched: false } } },
    ],
    [
      'a second one of the same',
      aState({ mirror: unanswered(open(1), true) }),
      OPENING,
      { kind: 'ambiguous', ...NOTE },
      { mirror: { unknown: { posts: 2, since: after(-1_000), searched: false } } },
    ],
    [
      'a second one of news',
      aState({ mirror: unanswered(open(1, 'critical'), true) }),
      OPENING,
      { kind: 'ambiguous', ...NOTE },
      { mirror: { unknown: { posts: 1, since: after(-1_000) } } },
    ],
    [
      'a change without a verdict counts as made',
      SHOWN,
      UPDATING,
      { kind: 'ambiguous', ...NOTE },
      { failures: 1, mirror: { changedAt: after(-500), unknown: null } },
    ],
  ])('%s', (_sentence, state, call, outcome, expected) => {
    expect(settleCall({ ...state, call }, call, outcome, CONTEXT)).toMatchObject({
      call: null,
      parked: false,
      ...expected,
    });
  });
});
