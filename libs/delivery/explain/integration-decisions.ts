import type { IntegrationEntity } from '../../persistence/index.js';
import { SINKS } from '../../sinks/index.js';
import type { HoldSubject } from '../holds/hold.js';
import { explainMatch } from '../holds/match.js';
import { filterOf } from '../hold-now.js';
import type { Situation } from '../situation.js';
import { isOn } from '../storms/storm-rules.js';
import { decision, type Decision } from './decision.js';

/** Whether the integration is there and takes what this is, and whether anything is delivered to its sink. */
export function concernDecisions(
  { status, source, sink, updatedAt }: IntegrationEntity,
  wanted: 'issues' | 'notifications',
): Decision[] {
  if (status === 'deleted')
    return [decision('source', false, 'The integration was deleted: nothing goes through it.', updatedAt)];
  if (source !== wanted) {
    const advice = `make one with the source ${wanted} to have them`;
    return [decision('source', false, `The integration takes ${source} and no ${wanted}: ${advice}.`)];
  }
  const takes = decision('source', true, `The integration takes ${wanted}.`);
  const delivers = SINKS.some((one) => one.kind === sink && one.delivers === 'things');
  if (delivers) return [takes, decision('sink', true, `What it is owed is sent to ${sink}.`)];
  return [takes, decision('sink', false, `${sink} takes streams, and no ${wanted}.`)];
}

/** What holds it back by the integration's own filter, by silences and windows. */
export function holdDecisions(
  integration: IntegrationEntity,
  { heldSubject, hold }: Pick<Situation, 'heldSubject' | 'hold'>,
): Decision[] {
  if (!heldSubject)
    return [decision('filter', true, 'A fire drill passes every filter, silence and window.')];
  const filters = filterDecisions(integration, heldSubject);
  if (hold && hold.type !== 'filter') {
    return [...filters, decision(hold.type, false, hold.reason, hold.until)];
  }
  // Behind a filter nothing else is looked at.
  if (hold) return filters;
  return [...filters, decision('silence', true, 'No silence and no maintenance window holds it back now.')];
}

function filterDecisions(integration: IntegrationEntity, subject: HoldSubject): Decision[] {
  const filter = filterOf(integration);
  const findings = filter ? explainMatch(filter, subject) : [];
  if (findings.length === 0) return [decision('filter', true, 'No filter of the integration keeps it.')];
  return findings.map(({ ok, text }) => decision('filter', ok, text));
}

/** Whether the integration can take anything now. */
export function healthDecisions(integration: IntegrationEntity, now: Date): Decision[] {
  const decisions = [healthDecision(integration)];
  const { throttledUntil } = integration;
  if (throttledUntil && throttledUntil > now) {
    const why =
      integration.health === 'degraded' ? 'Its last calls failed: it is left' : 'Its sink asked to be left';
    const text = `${why} alone until ${throttledUntil.toISOString()}.`;
    decisions.push(decision('throttle', false, text, throttledUntil));
  }
  return decisions;
}

function healthDecision(integration: IntegrationEntity): Decision {
  const { health, healthReason, healthSince, pausedAt, pausedBy, probeAt } = integration;
  if (pausedAt) {
    const by = pausedBy === null ? '' : ` by ${pausedBy}`;
    const text = `The integration was paused${by}: what it owes is parked until it is resumed.`;
    return decision('health', false, text, pausedAt);
  }
  if (health === 'failing') {
    const probe = probeAt
      ? ` It is tried again at ${probeAt.toISOString()}, or when it is edited or tested.`
      : '';
    const reason = healthReason ?? 'Its sink refuses it.';
    const text = `The integration is failing, and what it owes is parked: ${reason}${probe}`;
    return decision('health', false, text, healthSince);
  }
  if (health === 'degraded')
    return decision('health', true, `The integration is degraded: ${healthReason ?? ''}`, healthSince);
  return decision('health', true, 'The integration is healthy.', healthSince);
}

/** Whether the summary of many issues takes it in. */
export function stormDecisions(
  integration: IntegrationEntity,
  { view }: Pick<Situation, 'view'>,
  stormId: string | null,
  now: Date,
): Decision[] {
  if (stormId !== null) {
    const text =
      'Too many issues opened at once: it is shown in the summary of the storm, ' +
      `delivery ${stormId}, and has no message of its own.`;
    return [decision('storm', true, text)];
  }
  if (!isOn(integration, now)) return [];
  if (!view.storm) return [decision('storm', true, 'A storm is on, but this goes by itself all the same.')];
  return [
    decision(
      'storm',
      false,
      'A storm is on: what opens now is shown by its summary.',
      integration.stormUntil,
    ),
  ];
}
