import type { ReadBack, Recovery } from '../sinks/index.js';
import type { DeliveryState } from './delivery-state.js';
import { settleCall, type SettleContext } from './settle-call.js';
import { settleReadBack } from './settle-read-back.js';
import { settleRecovery } from './settle-recovery.js';
import { settleVerdict } from './settle-verdict.js';

/** What came of a call: an outcome, and what a search or a reading found. */
export interface Settlement extends Pick<ReadBack, 'outcome' | 'state'> {
  readonly recovery?: Recovery;
}

/**
 * The delivery's state after a call has ended, and with it what is due next. Pure: the worker stores what comes out.
 * `state.call` is the call that ended.
 */
export function settle(state: DeliveryState, result: Settlement, context: SettleContext): DeliveryState {
  const call = state.call;
  if (!call) throw new Error('A call can only be settled after it was begun');
  if (result.recovery) return settleRecovery(state, call, result.recovery, context);
  switch (call.action) {
    case 'confirm':
      return settleVerdict(state, result.outcome, context);
    case 'verify':
      return settleReadBack(state, result, context);
    default:
      return settleCall(state, call, result.outcome, context);
  }
}
