import {
  mayBeShown,
  reopen,
  settleUpTo,
  type DeliveryState,
  type Mirror,
  type Shown,
} from './delivery-state.js';
import type { Hold } from './holds/hold.js';
import { withoutVerdict } from './no-verdict.js';
import { plan, type PlanRules, type Step } from './plan.js';

/** What a decision needs to know of the integration, and of what is around it. */
export interface IntegrationView {
  /** It is not deleted, and takes what the delivery is about. */
  readonly active: boolean;
  /** It is failing or paused, and this delivery is not the one that probes it. */
  readonly blocked: boolean;
  /** Until when its sink asked to be left alone. */
  readonly throttledUntil: Date | null;
  /** The filter, silence or window that holds the subject back now. */
  readonly hold: Hold | null;
  /** More opens than single messages can show: what would be posted goes into the summary. */
  readonly storm: boolean;
}

export type CallStep =
  | Extract<Step, { do: 'post' | 'repost' | 'update' | 'close' | 'recover' }>
  /** Ask for the verdict on what was sent. */
  | { readonly do: 'confirm' }
  /** Read back what was closed. */
  | { readonly do: 'verify' };

/** A call is to be made, the summary of a storm is to take it in, or the delivery rests in this state. */
export type Decision =
  | { readonly call: CallStep; readonly state: DeliveryState }
  | { readonly absorb: DeliveryState }
  | { readonly rest: DeliveryState };

/** What a due delivery needs now. Pure; everything that keeps a delivery from its sink is in here, in order. */
export function decide(
  begun: DeliveryState,
  subject: Shown,
  integration: IntegrationView,
  now: Date,
  rules: PlanRules,
): Decision {
  const idle = { ...begun, parked: false, dueAt: null };
  if (!integration.active) {
    return { rest: settleUpTo({ ...forgetting(idle), failures: 0 }, begun.acceptedSeq, 'suppressed', now) };
  }
  const { hold } = integration;
  const state = hold ? begun : released(begun, subject, now);
  if (!isWanted(state, subject)) return { rest: { ...lying(state, hold), failures: 0 } };
  const isOwed = state.settledSeq < state.acceptedSeq;
  if (hold && isOwed && !state.mirror.pending && isHeldBack(state.mirror, subject, hold, rules)) {
    return { rest: heldBack(state, hold, now) };
  }
  if (integration.blocked) return { rest: { ...state, parked: true, dueAt: null } };
  if (integration.throttledUntil && integration.throttledUntil > now) {
    // A parked one that probes stays parked: what waits for its integration is never too late.
    return { rest: { ...state, dueAt: integration.throttledUntil } };
  }
  if (state.mirror.pending) return { call: { do: 'confirm' }, state };
  if (!isOwed) return afterClose(state, now);
  return decideByPlan(state, subject, integration.storm, now, rules);
}

function decideByPlan(
  state: DeliveryState,
  subject: Shown,
  storm: boolean,
  now: Date,
  rules: PlanRules,
): Decision {
  const idle = { ...state, parked: false, dueAt: null };
  const done = { ...idle, failures: 0 };
  const step = plan(subject, state.mirror, now, rules);
  switch (step.do) {
    case 'nothing':
      return { rest: settleUpTo(done, state.acceptedSeq, 'delivered', now) };
    case 'wait': {
      const mirror = step.rebase ? rebase(state.mirror, now) : state.mirror;
      return { rest: { ...idle, dueAt: step.until, mirror } };
    }
    case 'give-up':
      return { rest: settleUpTo(done, state.acceptedSeq, 'rejected', now) };
    case 'too-late':
      return { rest: settleUpTo(done, state.acceptedSeq, 'expired', now) };
    case 'leave-ended':
      return { rest: settleUpTo(done, state.acceptedSeq, 'suppressed', now) };
    default:
      if (storm && isPost(step.do) && !mayBeShown(state.mirror)) return { absorb: idle };
      return { call: step, state };
  }
}

const isPost = (what: Step['do']): boolean => what === 'post' || what === 'repost';

/** Something is owed, a verdict is awaited, or what was closed is to be looked at again. */
const isWanted = (state: DeliveryState, subject: Shown): boolean =>
  state.settledSeq < state.acceptedSeq ||
  state.mirror.pending !== null ||
  (state.mirror.verify !== null && subject.status === 'closed');

/** An integration that is gone or turned elsewhere is asked nothing any more. */
const forgetting = (state: DeliveryState): DeliveryState => ({
  ...state,
  held: null,
  mirror: { ...withoutVerdict(state.mirror), verify: null },
});

/** Nothing is wanted; what is held back is looked at again when its hold may be over. */
function lying(state: DeliveryState, hold: Hold | null): DeliveryState {
  const held = state.held && hold ? { ...state.held, by: hold.by } : null;
  return { ...state, parked: false, held, dueAt: held && hold ? hold.until : null };
}

/** Nothing is owed, so it is the verification that is due, or will be. */
function afterClose(state: DeliveryState, now: Date): Decision {
  const at = state.mirror.verify?.at ?? now;
  if (at > now) return { rest: { ...state, dueAt: at } };
  return { call: { do: 'verify' }, state };
}

/**
 * A filter decides what is shown at all: what is there is kept true. A silence keeps everything quiet, but what is there is
 * closed, for its close wakes nobody. What may be there or not is not posted again to be sure.
 */
function isHeldBack(mirror: Mirror, subject: Shown, hold: Hold, { keyed }: PlanRules): boolean {
  if (!mayBeShown(mirror)) return true;
  if (subject.status === 'closed') return false;
  return hold.type !== 'filter' || (mirror.ref === null && (keyed || mirror.unknown?.searched === true));
}

function heldBack(state: DeliveryState, hold: Hold, now: Date): DeliveryState {
  const since = state.held?.by === hold.by ? state.held.since : now;
  const idle = { ...state, parked: false, dueAt: hold.until, failures: 0, held: { by: hold.by, since } };
  return settleUpTo(idle, state.acceptedSeq, 'suppressed', now);
}

/**
 * The hold is over: if the issue is open still, its newest unit is owed again. What is closed by now stays suppressed, and so
 * does a notification: it would come as news of something long past.
 */
function released(state: DeliveryState, subject: Shown, now: Date): DeliveryState {
  if (!state.held) return state;
  const free = { ...state, held: null };
  const isOwed = state.settledSeq < state.acceptedSeq;
  return isOwed || subject.once || subject.status === 'closed' ? free : reopen(free, ['suppressed'], 1, now);
}

/** After the clock stepped back nothing may count from a time that is yet to come. */
function rebase(mirror: Mirror, now: Date): Mirror {
  const { changedAt, refused } = mirror;
  return {
    ...mirror,
    changedAt: changedAt && changedAt > now ? now : changedAt,
    refused: refused && refused.at > now ? { ...refused, at: now } : refused,
  };
}
