import { settleUpTo, type DeliveryState, type Mirror, type Shown } from './delivery-state.js';
import { plan, type PlanRules, type Step } from './plan.js';

/** What a decision needs to know of the integration. */
export interface IntegrationView {
  /** It is not deleted, and takes what the delivery is about. */
  readonly active: boolean;
  /** It is failing, and this delivery is not the one that probes it. */
  readonly blocked: boolean;
  /** Until when its sink asked to be left alone. */
  readonly throttledUntil: Date | null;
}

export type CallStep = Extract<Step, { do: 'post' | 'repost' | 'update' | 'close' | 'recover' }>;

/** Either a call is to be made, or the delivery rests in this state. */
export type Decision = { readonly call: CallStep } | { readonly rest: DeliveryState };

/** What a due delivery needs now. Pure; everything that keeps a delivery from its sink is in here, in order. */
export function decide(
  state: DeliveryState,
  subject: Shown,
  integration: IntegrationView,
  now: Date,
  rules: PlanRules,
): Decision {
  const idle = { ...state, parked: false, dueAt: null };
  const done = { ...idle, failures: 0 };
  if (!integration.active) return { rest: settleUpTo(done, state.acceptedSeq, 'suppressed', now) };
  if (state.settledSeq >= state.acceptedSeq) return { rest: done };
  if (integration.blocked) return { rest: { ...state, parked: true, dueAt: null } };
  if (integration.throttledUntil && integration.throttledUntil > now) {
    return { rest: { ...idle, dueAt: integration.throttledUntil } };
  }
  const step = plan(subject, state.mirror, now, rules);
  switch (step.do) {
    case 'nothing':
      return { rest: done };
    case 'wait': {
      const mirror = step.rebase ? rebase(state.mirror, now) : state.mirror;
      return { rest: { ...idle, dueAt: step.until, mirror } };
    }
    case 'give-up':
      return { rest: settleUpTo(done, state.acceptedSeq, 'rejected', now) };
    default:
      return { call: step };
  }
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
