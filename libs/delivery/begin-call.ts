import { randomUUID } from 'node:crypto';
import type { Begin } from '../persistence/index.js';
import type { Claim } from './claim.js';
import type { CallStep } from './decide.js';
import type { Action } from './delivery-state.js';
import type { DeliveryRules } from './rules.js';

const ACTIONS = {
  post: 'open',
  repost: 'open',
  update: 'update',
  close: 'close',
  recover: 'recover',
  confirm: 'confirm',
  verify: 'verify',
} as const;

/** A claim for a call that is decided on, and what has to be written down for it before the call is made. */
export function beginCall(
  looked: Pick<Claim, 'delivery' | 'integration' | 'subject' | 'state'>,
  step: CallStep,
  rules: DeliveryRules,
  now: Date,
): { readonly claim: Claim; readonly begin: Omit<Begin, 'version'> } {
  const action: Action = ACTIONS[step.do];
  const call = { action, shows: looked.subject.now, startedAt: now };
  const leaseToken = randomUUID();
  const possibleDuplicate = 'possibleDuplicate' in step && step.possibleDuplicate;
  const claim = { ...looked, state: { ...looked.state, stormId: null, call }, leaseToken, possibleDuplicate };
  const leaseUntil = new Date(now.getTime() + rules.callTimeoutMs + rules.leaseMarginMs);
  const { mirror, stormId } = claim.state;
  return { claim, begin: { id: looked.delivery.id, call, mirror, stormId, leaseToken, leaseUntil } };
}
