import type { AttemptEntity, DeliveryEntity } from '../../persistence/index.js';
import { stateOf } from '../delivery-rows.js';
import type { DeliveryState, Mirror, Shown } from '../delivery-state.js';
import { plan } from '../plan.js';
import type { Situation } from '../situation.js';
import { decision, type Decision } from './decision.js';

/** Attempts of one delivery as they are told, oldest first, and how many there are in all. */
export interface ToldAttempts {
  readonly last: readonly AttemptEntity[];
  readonly total: number;
}

/** What holds the delivery back since when, and what was held back of it. */
export function heldDecisions({ heldBy, heldSince, suppressed }: DeliveryEntity): Decision[] {
  if (heldBy !== null) {
    const by = heldBy === 'filter' ? "the integration's filter" : `the silence or window ${heldBy}`;
    return [decision('held', false, `It is held back by ${by}.`, heldSince)];
  }
  if (suppressed === 0) return [];
  return [
    decision('held', false, `${units(suppressed)} held back or not wanted, and not shown by themselves.`),
  ];
}

/** What the sink shows, and what keeps it from showing more. */
export function mirrorDecisions(row: DeliveryEntity, situation: Situation, now: Date): Decision[] {
  const { mirror } = stateOf(row);
  const { subject, rules } = situation;
  const decisions: Decision[] = [];
  if (mirror.pending) {
    const text = `The sink took the last request and has not judged it; it was asked ${times(mirror.pending.asks)}.`;
    decisions.push(decision('verdict', false, text, mirror.pending.since));
  }
  decisions.push(row.stormId === null ? shownDecision(mirror, subject) : summarised(row, subject));
  if (mirror.ended) {
    const text =
      'A person closed it at the sink while it is open: it stays so until it gets worse, or is replayed.';
    decisions.push(decision('ended', subject.status === 'closed', text));
  }
  const step = row.settledSeq < row.acceptedSeq ? plan(subject, mirror, now, rules) : undefined;
  if (step?.do === 'wait') {
    const minutes = rules.updateIntervalMs / 60_000;
    const text =
      `One message changes at most every ${minutes} min, but for its severity and its close: ` +
      `the next update is due at ${step.until.toISOString()}.`;
    decisions.push(decision('interval', false, text, step.until));
  }
  return decisions;
}

function shownDecision({ ref, shown, changedAt, unknown }: Mirror, subject: Shown): Decision {
  if (ref && shown) {
    const isCurrent = shown.seq >= subject.seq;
    const text = `The sink shows it as ${shown.status} and ${shown.severity}, as of event ${shown.seq} of ${subject.seq}.`;
    return decision('shown', isCurrent, text, changedAt);
  }
  if (unknown) {
    const text = 'It was sent and got no answer: nobody knows whether the sink shows it.';
    return decision('shown', false, text, unknown.since);
  }
  return decision('shown', false, 'The sink shows nothing of it.');
}

/** Of what a storm has taken in: what its summary shows. */
function summarised(row: DeliveryEntity, { status }: Shown): Decision {
  const { stormId, lastEnd } = row;
  const summary = `The summary of the storm, delivery ${stormId},`;
  const isShown = isAtRest(stateOf(row)) && lastEnd === 'delivered';
  if (isShown) return decision('shown', true, `${summary} shows the issue as it is, ${status}.`);
  return decision('shown', false, `${summary} does not show it as it is.`);
}

export function attemptDecisions({ last, total }: ToldAttempts): Decision[] {
  const told = last.map((attempt) => {
    const status = attempt.httpStatus === null ? '' : `, HTTP ${attempt.httpStatus}`;
    const call = `Attempt to ${attempt.action}: ${attempt.outcome} after ${attempt.durationMs} ms${status}`;
    const why = attempt.reason === null ? '.' : ` (${attempt.code ?? ''}). ${attempt.reason}`;
    const isOk = attempt.outcome === 'delivered' || attempt.code === 'accepted';
    return decision('attempt', isOk, `${call}${why}`, attempt.startedAt);
  });
  if (total <= last.length) return told;
  const text = `There were ${total} attempts; the last ${last.length} follow.`;
  return [decision('attempt', true, text), ...told];
}

/** Where its units are. */
export function ledgerDecision(row: DeliveryEntity): Decision {
  const { settled, acceptedSeq, settledSeq, firstSeq, parked } = stateOf(row);
  const ends = Object.entries(settled).filter(([, count]) => count > 0);
  const owed = acceptedSeq - settledSeq;
  const parts = [
    ...ends.map(([end, count]) => `${count} ${end}`),
    ...(owed > 0 ? [`${owed} ${parked ? 'parked' : 'in flight'}`] : []),
  ];
  const accepted = acceptedSeq - firstSeq + 1;
  const isLost = settled.rejected + settled.expired > 0;
  return decision('ledger', !isLost, `${units(accepted)} accepted: ${parts.join(', ')}.`);
}

const units = (count: number): string => (count === 1 ? '1 unit was' : `${count} units were`);
const times = (count: number): string => (count === 1 ? 'once' : `${count} times`);

/** Nothing is owed, asked for or looked at any more. */
export const isAtRest = ({ settledSeq, acceptedSeq, mirror }: DeliveryState): boolean =>
  settledSeq >= acceptedSeq && !mirror.pending && !mirror.verify;
