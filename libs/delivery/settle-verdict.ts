import type { Outcome } from '../domain/index.js';
import type { DeliveryState, PendingVerdict } from './delivery-state.js';
import { retry, settleCall, type SettleContext } from './settle-call.js';

/** How long after the n-th asking without a verdict the sink is asked again, in milliseconds; from then on the last. */
const ASK_AGAIN_AFTER_MS = [2_000, 4_000, 8_000, 15_000, 30_000];
/** A request that was not judged for so long was lost by the sink, in milliseconds. */
const PATIENCE_MS = 10 * 60_000;

/** The delivery's state after the sink was asked for its verdict on what it took. `state.call` asked. */
export function settleVerdict(state: DeliveryState, outcome: Outcome, context: SettleContext): DeliveryState {
  const { pending } = state.mirror;
  const after = { ...state, call: null };
  if (!pending) return { ...after, dueAt: context.now };
  const { action, shows, since } = pending;
  switch (outcome.kind) {
    case 'ambiguous':
      return outcome.receipt ? stillPending(after, pending, context) : askAgain(after, context);
    case 'transient':
      return askAgain(after, context);
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

/** Nothing was learned; what was sent is still with the sink. */
const askAgain = (state: DeliveryState, context: SettleContext): DeliveryState =>
  retry({ ...state, parked: false }, context, state.parked);

function stillPending(state: DeliveryState, pending: PendingVerdict, context: SettleContext): DeliveryState {
  const { action, shows, since, asks } = pending;
  const nowMs = context.now.getTime();
  if (nowMs - since.getTime() >= PATIENCE_MS) {
    const lost = {
      kind: 'ambiguous',
      code: 'no-verdict',
      reason: 'The sink took it and never judged it.',
    } as const;
    return settleCall(state, { action, shows, startedAt: since }, lost, context);
  }
  const waitMs = ASK_AGAIN_AFTER_MS[Math.min(asks, ASK_AGAIN_AFTER_MS.length - 1)]!;
  const mirror = { ...state.mirror, pending: { ...pending, asks: asks + 1 } };
  return { ...state, parked: false, mirror, failures: 0, dueAt: new Date(nowMs + waitMs) };
}
