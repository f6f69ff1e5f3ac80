import type { Outcome } from '../domain/index.js';
import { backoffMs, type Random } from './backoff.js';
import {
  EMPTY_MIRROR,
  settleUpTo,
  type BegunCall,
  type DeliveryState,
  type Mirror,
} from './delivery-state.js';
import { mirrorAfterNoVerdict } from './no-verdict.js';

/** Issues and notifications that could not go for so long are given up, in milliseconds. */
export const MAX_AGE_MS = 24 * 3_600_000;

export interface SettleContext {
  readonly now: Date;
  readonly random: Random;
  /** As the sink's traits say: whether what was closed is read back. */
  readonly readsBack: boolean;
}

/** The delivery's state after something was sent, whether its end is known by its answer or by a later verdict. */
export function settleCall(
  state: DeliveryState,
  call: BegunCall,
  outcome: Outcome,
  context: SettleContext,
): DeliveryState {
  const after = { ...state, call: null, parked: false, mirror: { ...state.mirror, pending: null } };
  switch (outcome.kind) {
    case 'delivered':
      return settleDelivered(after, call, outcome.ref, context);
    case 'throttled':
      return { ...after, dueAt: new Date(context.now.getTime() + outcome.waitMs) };
    case 'transient':
      return retry(after, context, state.parked);
    case 'ambiguous':
      if (outcome.receipt) return settleTaken(after, call, outcome.receipt, context);
      return retry({ ...after, mirror: mirrorAfterNoVerdict(after.mirror, call) }, context, state.parked);
    case 'unauthorized':
      return park(after);
    case 'gone':
      if (outcome.what === 'destination') return park(after);
      // What was to be closed has been ended by somebody: it is as closed as it can be. It is looked at again all the same.
      if (outcome.what === 'ended' && call.action === 'close')
        return settleDelivered(after, call, after.mirror.ref ?? {}, context);
      return settleGone(after, call, outcome.what, context);
    case 'rejected':
    case 'partial':
      return settleRefused(after, call, context);
    default:
      throw new Error(`There is no such outcome: ${(outcome satisfies never as Outcome).kind}`);
  }
}

/** What a worker that died during a call leaves behind is a call without a verdict. */
export function settleCrashed(state: DeliveryState): DeliveryState {
  return state.call
    ? { ...state, call: null, mirror: mirrorAfterNoVerdict(state.mirror, state.call) }
    : state;
}

function settleDelivered(
  state: DeliveryState,
  { action, shows }: BegunCall,
  ref: Mirror['ref'],
  { now, readsBack }: SettleContext,
): DeliveryState {
  const { drifts } = state.mirror;
  const verify = readsBack && action === 'close' ? ({ at: now, round: 1 } as const) : null;
  const mirror: Mirror = { ...EMPTY_MIRROR, ref, shown: shows, changedAt: now, drifts, verify };
  const told = settleUpTo(state, shows.seq, 'delivered', now);
  return { ...told, mirror, failures: 0, dueAt: verify ? now : dueForTheRest(told, now) };
}

/** What came in while the sink was judging is still owed: nobody else will see to it. */
const dueForTheRest = (state: DeliveryState, now: Date): Date | null =>
  state.settledSeq < state.acceptedSeq ? now : null;

/** The sink has it and has not judged it: its verdict is asked for, and nothing else is sent before. */
function settleTaken(
  state: DeliveryState,
  { action, shows, startedAt }: BegunCall,
  receipt: NonNullable<Mirror['pending']>['receipt'],
  { now }: SettleContext,
): DeliveryState {
  if (action !== 'open' && action !== 'update' && action !== 'close')
    throw new Error(`A call to ${action} gives no receipt`);
  const pending = { receipt, action, shows, since: startedAt, asks: 0 };
  const mirror = { ...state.mirror, pending };
  return { ...state, mirror, failures: 0, dueAt: new Date(now.getTime() + FIRST_ASK_AFTER_MS) };
}

/** Sinks judge what they took within a second or two. */
const FIRST_ASK_AFTER_MS = 1_000;

/** A refused close is looked at after a while: what is open then is closed once more, for nobody else would. */
function settleRefused(
  state: DeliveryState,
  { action, shows }: BegunCall,
  { now, readsBack }: SettleContext,
): DeliveryState {
  const at = new Date(now.getTime() + lookAfterRefusalMs(state.mirror.drifts));
  const verify = readsBack && action === 'close' ? ({ at, round: 1 } as const) : state.mirror.verify;
  const mirror: Mirror = { ...state.mirror, refused: { at: now, shown: shows }, verify };
  const told = settleUpTo(state, shows.seq, 'rejected', now);
  return { ...told, mirror, failures: 0, dueAt: dueForTheRest(told, now) ?? verify?.at ?? null };
}

/** How long after the n-th refusal of a close it is looked at, in milliseconds; from then on the last. */
const LOOK_AFTER_REFUSAL_MS = [60_000, 5 * 60_000, 15 * 60_000, 60 * 60_000];

const lookAfterRefusalMs = (drifts: number): number =>
  LOOK_AFTER_REFUSAL_MS[Math.min(drifts, LOOK_AFTER_REFUSAL_MS.length - 1)]!;

/** The message that was to be changed is not there any more: what is to be done instead is due at once. */
function settleGone(
  state: DeliveryState,
  { shows }: BegunCall,
  what: 'message' | 'ended',
  { now }: SettleContext,
): DeliveryState {
  // Whoever ended it had seen what it showed before; what was to be shown now may be worse.
  const ended = what === 'ended' ? (state.mirror.shown ?? shows) : null;
  const mirror: Mirror = { ...state.mirror, ref: null, shown: null, changedAt: null, lost: true, ended };
  return { ...state, mirror, failures: 0, dueAt: now };
}

const park = (state: DeliveryState): DeliveryState => ({ ...state, parked: true, dueAt: null });

/** What was parked is a probe now: it waits as long as its integration fails, and is never given up meanwhile. */
function retry(state: DeliveryState, { now, random }: SettleContext, wasParked: boolean): DeliveryState {
  if (!wasParked && state.owedSince && now.getTime() - state.owedSince.getTime() >= MAX_AGE_MS) {
    return { ...settleUpTo(state, state.acceptedSeq, 'expired', now), failures: 0, dueAt: null };
  }
  const failures = state.failures + 1;
  return { ...state, failures, dueAt: new Date(now.getTime() + backoffMs(failures, random)) };
}
