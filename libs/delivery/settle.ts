import type { Outcome } from '../domain/index.js';
import { backoffMs, type Random } from './backoff.js';
import {
  EMPTY_MIRROR,
  settleUpTo,
  type BegunCall,
  type DeliveryState,
  type Mirror,
} from './delivery-state.js';

/** Issues and notifications that could not go for so long are given up, in milliseconds. */
export const MAX_AGE_MS = 24 * 3_600_000;

export interface SettleContext {
  readonly now: Date;
  readonly random: Random;
}

/**
 * The delivery's state after a call has ended, and with it what is due next. Pure: the worker stores what comes out.
 * `state.call` is the call that ended.
 */
export function settle(state: DeliveryState, outcome: Outcome, context: SettleContext): DeliveryState {
  const call = state.call;
  if (!call) throw new Error('A call can only be settled after it was begun');
  const after = { ...state, call: null, parked: false };
  switch (outcome.kind) {
    case 'delivered':
      return settleDelivered(after, call, outcome.ref, context);
    case 'throttled':
      return { ...after, dueAt: new Date(context.now.getTime() + outcome.waitMs) };
    case 'transient':
      return retry(after, context, state.parked);
    case 'ambiguous':
      return retry({ ...after, mirror: mirrorAfterNoVerdict(state.mirror, call) }, context, state.parked);
    case 'unauthorized':
      return park(after);
    case 'gone':
      return outcome.what === 'destination' ? park(after) : settleMessageGone(after, context);
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
  call: BegunCall,
  ref: Mirror['ref'],
  context: SettleContext,
): DeliveryState {
  const mirror: Mirror = { ...EMPTY_MIRROR, ref, shown: call.shows, changedAt: context.now };
  return { ...settleUpTo(state, call.shows.seq, 'delivered', context.now), mirror, failures: 0, dueAt: null };
}

function settleRefused(state: DeliveryState, { shows }: BegunCall, { now }: SettleContext): DeliveryState {
  const mirror: Mirror = { ...state.mirror, refused: { at: now, shown: shows } };
  return { ...settleUpTo(state, shows.seq, 'rejected', now), mirror, failures: 0, dueAt: null };
}

/** The message that was to be changed is not there any more: a fresh one is due at once. */
function settleMessageGone(state: DeliveryState, { now }: SettleContext): DeliveryState {
  const mirror: Mirror = { ...state.mirror, ref: null, shown: null, changedAt: null, lost: true };
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

function mirrorAfterNoVerdict(mirror: Mirror, call: BegunCall): Mirror {
  switch (call.action) {
    case 'recover':
      return mirror;
    case 'update':
    case 'close':
      // The change may have landed: the interval counts from it, or two updates could be seen within one.
      return { ...mirror, changedAt: call.startedAt };
    case 'open': {
      const isSameNews =
        mirror.unknown?.shown.status === call.shows.status &&
        mirror.unknown.shown.severity === call.shows.severity;
      return {
        ...mirror,
        unknown: {
          posts: isSameNews && mirror.unknown ? mirror.unknown.posts + 1 : 1,
          since: mirror.unknown?.since ?? call.startedAt,
          shown: call.shows,
          searched: false,
        },
      };
    }
  }
}
