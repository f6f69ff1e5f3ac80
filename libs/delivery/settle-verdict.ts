import type { Outcome } from '../domain/index.js';
import { backoffMs } from './backoff.js';
import type { DeliveryState, PendingVerdict } from './delivery-state.js';
import { settleCall, type SettleContext } from './settle-call.js';

/** How long after the n-th asking without a verdict the sink is asked again, in milliseconds; from then on the last. */
const ASK_AGAIN_AFTER_MS = [2_000, 4_000, 8_000, 15_000, 30_000];
/** A request of which nobody could say for so long what became of it was lost by the sink, in milliseconds. */
const PATIENCE_MS = 10 * 60_000;

/** The delivery's state after the sink was asked for its verdict on what it took. `state.call` asked. */
export function settleVerdict(state: DeliveryState, outcome: Outcome, context: SettleContext): DeliveryState {
  const { pending } = state.mirror;
  const after = { ...state, call: null };
  if (!pending) return { ...after, dueAt: context.now };
  const { action, shows, since } = pending;
  switch (outcome.kind) {
    case 'ambiguous':
      if (!outcome.receipt || isOverdue(pending, context)) return lost(after, pending, context);
      return stillPending(after, pending, context);
    case 'transient':
      return isOverdue(pending, context) ? lost(after, pending, context) : askAgain(after, context);
    case 'throttled':
      return { ...after, parked: false, dueAt: new Date(context.now.getTime() + outcome.waitMs) };
    case 'unauthorized':
      return { ...after, parked: true, dueAt: null };
    case 'gone':
      if (outcome.what === 'destination') return { ...after, parked: true, dueAt: null };
      break;
    default:
  }
  return settleCall(after, { action, shows, startedAt: since }, outcome, context);
}

const isOverdue = ({ since }: PendingVerdict, { now }: SettleContext): boolean =>
  now.getTime() - since.getTime() >= PATIENCE_MS;

/** Nothing was learned; what was sent is still with the sink. It is given up by patience alone, however old it is. */
function askAgain(state: DeliveryState, { now, random }: SettleContext): DeliveryState {
  const failures = state.failures + 1;
  return { ...state, parked: false, failures, dueAt: new Date(now.getTime() + backoffMs(failures, random)) };
}

function stillPending(state: DeliveryState, pending: PendingVerdict, { now }: SettleContext): DeliveryState {
  const waitMs = ASK_AGAIN_AFTER_MS[Math.min(pending.asks, ASK_AGAIN_AFTER_MS.length - 1)]!;
  const mirror = { ...state.mirror, pending: { ...pending, asks: pending.asks + 1 } };
  return { ...state, parked: false, mirror, failures: 0, dueAt: new Date(now.getTime() + waitMs) };
}

/**
 * Nobody will say any more whether it was done. A close is looked at where that can be done, as if it had been: what is
 * open still is closed again then. Anything else is sent again.
 */
function lost(state: DeliveryState, pending: PendingVerdict, context: SettleContext): DeliveryState {
  const { action, shows, since } = pending;
  const outcome: Outcome =
    action === 'close' && context.readsBack
      ? { kind: 'delivered', ref: state.mirror.ref ?? {} }
      : { kind: 'ambiguous', code: 'no-verdict', reason: 'The sink took it and never judged it.' };
  return settleCall(state, { action, shows, startedAt: since }, outcome, context);
}
