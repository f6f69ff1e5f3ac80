import type { DeliveryEntity } from '../../persistence/index.js';
import { decide } from '../decide.js';
import { stateOf } from '../delivery-rows.js';
import { settleCrashed } from '../settle-call.js';
import type { Situation } from '../situation.js';
import { decision, type Decision } from './decision.js';
import { isAtRest } from './delivery-decisions.js';

/** What will be done about a delivery, if nothing else happens, and when; `nothing` without a time: never. */
export interface NextStep {
  readonly do: 'post' | 'update' | 'close' | 'recover' | 'confirm' | 'verify' | 'look' | 'nothing';
  readonly at: Date | null;
  /** A sentence for people. */
  readonly text: string;
}

const CALLS = {
  post: 'It is posted',
  repost: 'It is posted again, for its message is gone',
  update: 'Its message is updated',
  close: 'It is closed at the sink',
  recover: 'The sink is searched for a post that got no answer',
  confirm: 'The sink is asked for its verdict',
  verify: 'What was closed is read back',
} as const;

/** Told by the same decision that the worker will make; `situationAt` is what it will find then, as far as is known. */
export function nextStep(row: DeliveryEntity, situationAt: (at: Date) => Situation, now: Date): NextStep {
  if (row.leaseUntil && row.leaseUntil > now)
    return { do: 'look', at: now, text: 'It is being sent at this moment.' };
  const state = settleCrashed(stateOf(row));
  if (row.stormId !== null && row.dueAt === null && !row.parked && !isAtRest(state))
    return { do: 'look', at: null, text: 'The summary of the storm shows it with its next update.' };
  if (row.dueAt === null && !row.parked) {
    return { do: 'nothing', at: null, text: 'Nothing more is done until something happens to it.' };
  }
  const at = row.dueAt && row.dueAt > now ? row.dueAt : now;
  const { subject, view, rules } = situationAt(at);
  const decided = decide(state, subject, view, at, rules);
  if ('absorb' in decided)
    return { do: 'look', at, text: `The summary of a storm takes it in at ${at.toISOString()}.` };
  if ('call' in decided) {
    const what = decided.call.do === 'repost' ? 'post' : decided.call.do;
    return { do: what, at, text: `${CALLS[decided.call.do]} at ${at.toISOString()}.` };
  }
  const { rest } = decided;
  if (rest.parked)
    return { do: 'nothing', at: null, text: 'It waits until the integration is mended or resumed.' };
  if (rest.dueAt) {
    const held = rest.held && view.hold ? ` ${view.hold.reason}` : '';
    return {
      do: 'look',
      at: rest.dueAt,
      text: `It is looked at again at ${rest.dueAt.toISOString()}.${held}`,
    };
  }
  const held = rest.held && view.hold ? ` ${view.hold.reason}` : '';
  return { do: 'nothing', at: null, text: `Nothing more is done until something happens to it.${held}` };
}

/** That it waits for its place in the line of what this hub sends there; empty when it does not. */
export function paceDecisions(
  { slotAt, dueAt }: DeliveryEntity,
  { do: next }: NextStep,
  now: Date,
): Decision[] {
  if (!slotAt || !dueAt || dueAt <= now || !['post', 'update', 'close'].includes(next)) return [];
  const text =
    'This hub sends no faster than its sink allows, and others are before it: ' +
    `its turn comes at ${dueAt.toISOString()}.`;
  return [decision('pace', false, text, dueAt)];
}
