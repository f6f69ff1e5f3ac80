import { EMPTY_MIRROR, settleUpTo, type DeliveryState, type Shown } from '../delivery-state.js';

/** Of a subject that nothing was accepted for yet. */
export const NEW_DELIVERY: DeliveryState = {
  firstSeq: 1,
  acceptedSeq: 0,
  settledSeq: 0,
  settled: { delivered: 0, coalesced: 0, rejected: 0, suppressed: 0, expired: 0 },
  lastEnd: null,
  held: null,
  stormId: null,
  parked: false,
  dueAt: null,
  owedSince: null,
  failures: 0,
  mirror: EMPTY_MIRROR,
  call: null,
};

/** What an integration owes after one more event, as `IntakeStore.owe` says it in SQL. */
export function owe(known: DeliveryState | undefined, event: Shown, now: Date): DeliveryState {
  const { seq, status, severity } = event;
  const state = afterGap(
    known ?? { ...NEW_DELIVERY, firstSeq: seq, acceptedSeq: seq - 1, settledSeq: seq - 1 },
    seq,
    now,
  );
  const { parked, failures, dueAt, mirror } = state;
  const isNothingNew = status === 'open' && mirror.shown?.severity === severity;
  const waits = dueAt !== null && (mirror.pending !== null || failures > 0 || isNothingNew);
  const earlier = dueAt && dueAt < now ? dueAt : now;
  return {
    ...state,
    acceptedSeq: seq,
    owedSince: state.owedSince ?? now,
    dueAt: parked || waits ? dueAt : earlier,
  };
}

/** Events that went by while the integration was turned to another source did not concern it. */
function afterGap(state: DeliveryState, seq: number, now: Date): DeliveryState {
  if (seq <= state.acceptedSeq + 1) return state;
  return settleUpTo({ ...state, acceptedSeq: seq - 1, firstSeq: state.firstSeq }, seq - 1, 'suppressed', now);
}

/** What is stored of a delivery when events came in while its call was under way, as `DeliveryStore.record` says it. */
export function afterCall(next: DeliveryState, accepted: DeliveryState, now: Date): DeliveryState {
  const { acceptedSeq } = accepted;
  if (acceptedSeq === next.acceptedSeq) return next;
  const owedSince = acceptedSeq > next.settledSeq ? (next.owedSince ?? now) : null;
  const waits = next.parked || next.failures > 0 || next.mirror.pending !== null;
  return { ...next, acceptedSeq, owedSince, dueAt: waits ? next.dueAt : now };
}
