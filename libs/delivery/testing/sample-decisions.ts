import { decide, type Decision, type IntegrationView } from '../decide.js';
import type { DeliveryState, Shown } from '../delivery-state.js';
import type { Hold } from '../holds/hold.js';
import { after, aState, NOTHING_SETTLED, NOW, open, showing } from './sample-states.js';

/** As Slack. */
export const MESSAGES = { updateIntervalMs: 300_000, keyed: false, showsClosed: true };
/** As OpsGenie. */
export const ALERTS = { updateIntervalMs: 300_000, keyed: true, showsClosed: false };
export const FILTER: Hold = { by: 'filter', type: 'filter', until: null, reason: 'Too harmless.' };
export const SILENCE: Hold = { by: 's1', type: 'silence', until: after(60_000), reason: 'We are at work.' };
const VIEW: IntegrationView = {
  active: true,
  blocked: false,
  throttledUntil: null,
  hold: null,
  storm: false,
};

/** What is decided now. */
export const look = (
  state: DeliveryState,
  subject: Shown,
  view: Partial<IntegrationView> = {},
  rules = MESSAGES,
): Decision => decide(state, subject, { ...VIEW, ...view }, NOW, rules);

/** `call`, `absorb`, or what the delivery rests as. */
export function nameOf(decision: Decision): string {
  if ('call' in decision) return decision.call.do;
  if ('absorb' in decision) return 'absorb';
  const { parked, dueAt, lastEnd } = decision.rest;
  if (parked) return 'park';
  return `${lastEnd ?? 'rest'}${dueAt ? ` until ${dueAt.getTime() - NOW.getTime()}` : ''}`;
}

/** Its first event is shown, its second is owed. */
export const SHOWN_OWING = aState({
  acceptedSeq: 2,
  settledSeq: 1,
  mirror: showing(open(1), after(-900_000)),
});
/** Its only event is held back by the silence. */
export const HELD = aState({
  settledSeq: 1,
  settled: { ...NOTHING_SETTLED, suppressed: 1 },
  lastEnd: 'suppressed',
  held: { by: 's1', since: after(-60_000) },
});
