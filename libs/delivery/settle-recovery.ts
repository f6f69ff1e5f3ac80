import type { Outcome } from '../domain/index.js';
import type { Recovery } from '../sinks/index.js';
import {
  EMPTY_MIRROR,
  settleUpTo,
  type BegunCall,
  type DeliveryState,
  type Mirror,
} from './delivery-state.js';
import { settleCall, type SettleContext } from './settle-call.js';

/** The delivery's state after the sink was searched for a message whose post had no verdict. */
export function settleRecovery(
  state: DeliveryState,
  call: BegunCall,
  recovery: Recovery,
  context: SettleContext,
): DeliveryState {
  if (recovery.kind === 'failed' && !isRefused(recovery.reply.outcome)) {
    return settleCall(state, call, recovery.reply.outcome, context);
  }
  const unknown = state.mirror.unknown;
  const after = { ...state, call: null, parked: false, dueAt: context.now };
  if (!unknown) return after;
  switch (recovery.kind) {
    case 'found': {
      const mirror: Mirror = {
        ...EMPTY_MIRROR,
        ref: recovery.ref,
        shown: unknown.shown,
        changedAt: context.now,
      };
      return { ...settleUpTo(after, unknown.shown.seq, 'delivered', context.now), mirror, failures: 0 };
    }
    case 'absent':
      return { ...after, mirror: { ...state.mirror, unknown: null } };
    // A sink that refuses the search for good will not answer it another time either.
    case 'failed':
    case 'unable':
      return { ...after, mirror: { ...state.mirror, unknown: { ...unknown, searched: true } } };
  }
}

const isRefused = ({ kind }: Outcome): boolean => kind === 'rejected' || kind === 'partial';
