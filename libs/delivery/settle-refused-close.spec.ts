import { describe, expect, it } from 'vitest';
import { plan } from './plan.js';
import { settle } from './settle.js';
import { settleCall } from './settle-call.js';
import {
  after,
  aMirror,
  aState,
  closed,
  NOTHING_SETTLED,
  NOW,
  open,
  showing,
  unanswered,
} from './testing/sample-states.js';

const REFUSED = { kind: 'rejected', code: 'test', reason: 'As scripted.' } as const;
const CONTEXT = { now: NOW, random: () => 0, readsBack: true };
const CLOSING = { action: 'close', shows: closed(2), startedAt: after(-500) } as const;
const RULES = { updateIntervalMs: 300_000, keyed: true, showsClosed: false };

const refused = (mirror = showing(open(1)), context = CONTEXT) =>
  settleCall(aState({ acceptedSeq: 2, settledSeq: 1, mirror, call: CLOSING }), CLOSING, REFUSED, context);
/** The same, looked at when it was to be, and found open. */
const foundOpen = (state: ReturnType<typeof refused>) =>
  settle(
    { ...state, call: { action: 'verify', shows: closed(2), startedAt: NOW } },
    { outcome: { kind: 'delivered', ref: {} }, state: 'open' },
    CONTEXT,
  );

describe('a close that was refused', () => {
  it.each([
    [0, 1],
    [1, 5],
    [2, 15],
    [3, 60],
    [5, 60],
  ])('is rejected, and looked at later: after %i times open again in %i min', (drifts, minutes) => {
    const at = after(minutes * 60_000);
    expect(refused({ ...showing(open(1)), drifts })).toMatchObject({
      settled: { rejected: 1 },
      settledSeq: 2,
      lastEnd: 'rejected',
      dueAt: at,
      mirror: { shown: open(1), refused: { shown: closed(2) }, verify: { at, round: 1 } },
    });
  });

  it('is not looked at where nothing can be read back', () => {
    const state = refused(showing(open(1)), { ...CONTEXT, readsBack: false });
    expect(state).toMatchObject({ dueAt: null, mirror: { verify: null } });
  });

  it.each([
    ['with a reference', showing(open(1))],
    ['that may be there by its key', unanswered(open(1))],
    ['that a person had ended', aMirror({ lost: true, ended: open(1) })],
  ])('of something %s is owed again when it is found open, and closed at once', (_which, mirror) => {
    const state = foundOpen(refused(mirror));
    expect(state).toMatchObject({
      settled: { rejected: 0 },
      settledSeq: 1,
      dueAt: NOW,
      mirror: { drifts: 1, refused: null, verify: null },
    });
    expect(plan(closed(2), state.mirror, NOW, RULES)).toEqual({ do: 'close' });
  });

  it('stays rejected when it is found open once too often', () => {
    const state = foundOpen(refused({ ...showing(open(1)), drifts: 5 }));
    expect(state).toMatchObject({
      settled: { ...NOTHING_SETTLED, rejected: 1 },
      dueAt: null,
      mirror: { verify: null },
    });
  });
});
