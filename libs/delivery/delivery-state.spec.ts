import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mayBeShown, reopen, settleUpTo, type DeliveryState, type Settled } from './delivery-state.js';
import {
  after,
  aMirror,
  aState,
  NOTHING_SETTLED,
  NOW,
  open,
  showing,
  unanswered,
} from './testing/sample-states.js';

const ENDS = ['delivered', 'coalesced', 'rejected', 'suppressed', 'expired'] as const;
const RUNS = { numRuns: 10_000 };
const units = fc.nat({ max: 20 });
const settled = fc.record({
  delivered: units,
  coalesced: units,
  rejected: units,
  suppressed: units,
  expired: units,
});
const sumOf = (ended: Settled): number => ENDS.reduce((sum, end) => sum + ended[end], 0);
const ledgerOf = (state: DeliveryState): number =>
  sumOf(state.settled) + state.acceptedSeq - state.settledSeq;
const states = fc.tuple(settled, units).map(([ended, owed]) => {
  const settledSeq = sumOf(ended);
  return aState({ settled: ended, settledSeq, acceptedSeq: settledSeq + owed, owedSince: owed ? NOW : null });
});

describe('units', () => {
  it('that are settled leave the ledger balanced, however far it is settled', () => {
    fc.assert(
      fc.property(states, fc.nat({ max: 150 }), fc.constantFrom(...ENDS), (state, upTo, end) => {
        const next = settleUpTo(state, upTo, end, after(1));
        expect(ledgerOf(next)).toBe(state.acceptedSeq);
        expect(next.settledSeq).toBe(Math.max(state.settledSeq, Math.min(upTo, state.acceptedSeq)));
        if (next.settledSeq > state.settledSeq) {
          expect(next.lastEnd).toBe(end);
          expect(next.owedSince).toEqual(next.settledSeq < next.acceptedSeq ? after(1) : null);
        } else expect(next).toBe(state);
      }),
      RUNS,
    );
  });

  it('that are taken back leave the ledger balanced, and are no more than there were', () => {
    fc.assert(
      fc.property(states, fc.subarray([...ENDS]), fc.nat({ max: 50 }), (state, ends, most) => {
        const next = reopen(state, ends, most, after(1));
        const there = ends.reduce((sum, end) => sum + state.settled[end], 0);
        expect(state.settledSeq - next.settledSeq).toBe(Math.min(most, there));
        expect(ledgerOf(next)).toBe(state.acceptedSeq);
        for (const end of ENDS) {
          expect(next.settled[end]).toBeGreaterThanOrEqual(0);
          if (!ends.includes(end)) expect(next.settled[end]).toBe(state.settled[end]);
        }
      }),
      RUNS,
    );
  });

  it('that were delivered at once count as one delivered and the others coalesced', () => {
    const next = settleUpTo(aState({ acceptedSeq: 4 }), 3, 'delivered', NOW);
    expect(next.settled).toEqual({ ...NOTHING_SETTLED, delivered: 1, coalesced: 2 });
  });

  it('that are taken back are due now, the failures before forgotten, and owed since they were', () => {
    const state = aState({
      settledSeq: 1,
      settled: { ...NOTHING_SETTLED, rejected: 1 },
      failures: 4,
      dueAt: null,
      owedSince: null,
    });
    expect(reopen(state, ['rejected'], 1, NOW)).toMatchObject({ dueAt: NOW, failures: 0, owedSince: NOW });
    expect(reopen({ ...state, owedSince: after(-9) }, ['rejected'], 1, NOW).owedSince).toEqual(after(-9));
    expect(reopen(state, ['suppressed'], 1, NOW)).toBe(state);
  });
});

it('what has a place, or was sent without a verdict, may be shown', () => {
  expect(mayBeShown(showing(open(1)))).toBe(true);
  expect(mayBeShown(unanswered(open(1)))).toBe(true);
  expect(mayBeShown(aMirror({ lost: true }))).toBe(false);
});
