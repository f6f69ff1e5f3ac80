import { expect } from 'vitest';
import { SEVERITIES } from '../../domain/index.js';
import { DRIFTS_AT_MOST } from '../settle-read-back.js';
import type { DeliverySimulation } from './delivery-simulation.js';
import type { SimulatedIntegration } from './simulated-integration.js';
import type { SimulatedSubject } from './simulated-world.js';

/** At every moment each unit is somewhere. */
export function expectBalanced(side: SimulatedIntegration): void {
  const { accepted, ended, parked, inFlight } = side.ledger();
  expect(ended + parked + inFlight).toBe(accepted);
}

/** What a sink refused for good is in the list of these, and not at the sink. */
const isGivenUp = (side: SimulatedIntegration, { id }: SimulatedSubject): boolean => {
  return side.deliveries.get(id)!.lastEnd === 'rejected';
};

/** The issue, as it is, is shown by its message or by the summary of a storm. */
export function expectMessage({ slack, messages }: DeliverySimulation, subject: SimulatedSubject): void {
  const { mirror, lastEnd, stormId } = messages.deliveries.get(subject.id)!;
  if (isGivenUp(messages, subject)) return;
  const summary = stormId ? messages.deliveries.get(stormId)! : undefined;
  if (summary?.lastEnd === 'rejected') return;
  // A message that was deleted after it had shown everything is nobody's debt.
  const shown = summary
    ? slack.shownBy(summary.mirror.ref?.['id'])?.lists.get(subject.id)
    : slack.shownBy(mirror.ref?.['id'])?.shown;
  if (summary) return expect(shown).toEqual(subject.shown);
  if (lastEnd !== 'suppressed') expect(shown).toEqual(subject.shown);
  else if (!subject.shown.once) expect([subject.shown.status, shown]).toEqual(['closed', undefined]);
}

const isLeftOpen = (side: SimulatedIntegration, { id }: SimulatedSubject): boolean =>
  side.deliveries.get(id)!.mirror.drifts > DRIFTS_AT_MOST;

/** What is closed has no open alert, what is open has one, unless a person ended it. */
export function expectAlert({ opsGenie, alerts }: DeliverySimulation, subject: SimulatedSubject): void {
  const standing = opsGenie.openOf(subject.id);
  const last = opsGenie.lastOf(subject.id);
  // Also where its sink refused the close again and again: what is found open so often is left open, and nothing else.
  if (subject.shown.status === 'closed' && isLeftOpen(alerts, subject)) return;
  if (subject.shown.status === 'closed') return expect(standing).toHaveLength(0);
  if (isGivenUp(alerts, subject)) return;
  const wasHeldBack = alerts.deliveries.get(subject.id)!.lastEnd === 'suppressed';
  // One that was held back is not sent afterwards.
  if (subject.shown.once && wasHeldBack) return expect(standing.length).toBeLessThanOrEqual(1);
  if (last?.endedByHand && !last.open) {
    expect(SEVERITIES.indexOf(subject.shown.severity)).toBeLessThanOrEqual(SEVERITIES.indexOf(last.severity));
  } else expect(standing).toHaveLength(1);
}
