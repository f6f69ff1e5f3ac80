import type { ReadBack } from '../sinks/index.js';
import { backoffMs } from './backoff.js';
import { reopen, type DeliveryState, type Mirror } from './delivery-state.js';
import type { SettleContext } from './settle-call.js';

/** The second look comes so long after the first, in milliseconds. */
export const SECOND_LOOK_AFTER_MS = 10 * 60_000;
/** What is opened again more often than that is left open: somebody, or a rule at the sink, wants it so. */
export const DRIFTS_AT_MOST = 5;
/** A look that fails so often is given up: nothing is owed for it. */
const FAILURES_AT_MOST = 12;

/** The delivery's state after what was closed was read back. What is open again is closed again, at once. */
export function settleReadBack(
  state: DeliveryState,
  { outcome, state: found }: ReadBack,
  context: SettleContext,
): DeliveryState {
  const { now, random } = context;
  const after = { ...state, call: null, parked: false };
  if (outcome.kind === 'delivered' && found === 'closed') return stillClosed(after, now);
  if (outcome.kind === 'delivered' && found === 'open') return openAgain(after, now);
  switch (outcome.kind) {
    case 'throttled':
      return { ...after, dueAt: new Date(now.getTime() + outcome.waitMs) };
    case 'unauthorized':
      return { ...after, parked: true, dueAt: null };
    case 'transient':
    case 'ambiguous': {
      const failures = state.failures + 1;
      if (failures >= FAILURES_AT_MOST) return ceased(after);
      return { ...looking(after, new Date(now.getTime() + backoffMs(failures, random))), failures };
    }
    default:
      return ceased(after);
  }
}

function stillClosed(state: DeliveryState, now: Date): DeliveryState {
  if (state.mirror.verify?.round !== 1) return ceased(state);
  const at = new Date(now.getTime() + SECOND_LOOK_AFTER_MS);
  const mirror: Mirror = { ...state.mirror, verify: { at, round: 2 } };
  return { ...state, mirror, failures: 0, dueAt: at };
}

/** Its unit is owed again: that it was delivered has turned out not to be so, or the sink refused its close before. */
function openAgain(state: DeliveryState, now: Date): DeliveryState {
  const drifts = state.mirror.drifts + 1;
  const { ref, shown, refused } = state.mirror;
  const last = shown ?? refused?.shown;
  if (drifts > DRIFTS_AT_MOST || !last) return ceased({ ...state, mirror: { ...state.mirror, drifts } });
  const mirror: Mirror = {
    ...state.mirror,
    drifts,
    verify: null,
    refused: null,
    // It is there: where a key leads to it, no more need be known.
    ref: ref ?? {},
    shown: { ...last, seq: 0, status: 'open' },
  };
  const ends = state.lastEnd === 'rejected' ? (['rejected', 'delivered'] as const) : (['delivered'] as const);
  return reopen({ ...state, mirror }, ends, 1, now);
}

/** The round stays as it is; only its time moves. */
function looking(state: DeliveryState, at: Date): DeliveryState {
  const round = state.mirror.verify?.round ?? 1;
  return { ...state, mirror: { ...state.mirror, verify: { at, round } }, dueAt: at };
}

const ceased = (state: DeliveryState): DeliveryState => ({
  ...state,
  mirror: { ...state.mirror, verify: null },
  failures: 0,
  dueAt: null,
});
