import type { Issue } from '../../domain/index.js';
import type { DeliveryEntity, IntegrationEntity, StoredHold } from '../../persistence/index.js';
import { freshDelivery } from '../fresh-delivery.js';
import { situationOf, type Situation } from '../situation.js';
import { decision, type Decision } from './decision.js';
import {
  attemptDecisions,
  heldDecisions,
  ledgerDecision,
  mirrorDecisions,
  type ToldAttempts,
} from './delivery-decisions.js';
import { concernDecisions, healthDecisions, holdDecisions, stormDecisions } from './integration-decisions.js';
import { nextStep, paceDecisions, type NextStep } from './next-step.js';

/** What is known of one issue at one integration. */
export interface Circumstances {
  readonly issue: Issue;
  readonly integration: IntegrationEntity;
  /** Undefined when the integration was never owed anything for the issue. */
  readonly delivery: DeliveryEntity | undefined;
  readonly attempts: ToldAttempts;
  readonly holds: readonly StoredHold[];
  readonly updateIntervalMs: number;
  readonly now: Date;
}

/** Why an issue went out through an integration, or did not, and what comes next. */
export interface Explanation {
  readonly summary: string;
  readonly decisions: readonly Decision[];
  readonly next: { readonly do: NextStep['do']; readonly at: string | null };
}

const NEVER: NextStep = {
  do: 'nothing',
  at: null,
  text: 'Nothing is done: the integration is owed nothing for it.',
};

/** Everything that was looked at, in the order in which it is looked at. */
export function explain(given: Circumstances): Explanation {
  const { integration, delivery, issue } = given;
  const concern = concernDecisions(integration, 'issues');
  const isConcerned = concern.every(({ ok }) => ok);
  if (!delivery) return unowed(given, concern, isConcerned);
  // What was owed before its sink or source was changed is told, too.
  const next = isConcerned ? nextStep(delivery, (at) => situation(given, delivery, at), given.now) : NEVER;
  const decisions = isConcerned ? [...concern, ...present(given, delivery, next)] : concern;
  const all = [...decisions, ...attemptDecisions(given.attempts), ledgerDecision(delivery)];
  return {
    summary: summaryOf(all, next, issue, delivery),
    decisions: [...all, nextDecision(next)],
    next: shortly(next),
  };
}

function unowed(given: Circumstances, concern: Decision[], isConcerned: boolean): Explanation {
  const decisions = isConcerned ? [...concern, whyUnowed(given), ...around(given)] : concern;
  const summary = decisions.find(({ ok }) => !ok)?.text ?? NEVER.text;
  return { summary, decisions: [...decisions, nextDecision(NEVER)], next: shortly(NEVER) };
}

function whyUnowed({ issue, integration }: Circumstances): Decision {
  const { drillOf, updatedAt } = issue;
  if (drillOf !== null && drillOf !== integration.id)
    return decision('drill', false, `It is a fire drill of another integration, ${drillOf}.`);
  if (integration.createdAt > updatedAt) {
    const cure = issue.status === 'open' ? ' A replay since then (POST replay) shows it.' : '';
    const text = `The integration was created after the issue's last event, so it is owed nothing for it.${cure}`;
    return decision('owed', false, text, integration.createdAt);
  }
  const text =
    'The integration was owed nothing for it: it took another source, or what was owed was forgotten.';
  return decision('owed', false, text, integration.updatedAt);
}

/** What would be in the way if it were owed. */
function around(given: Circumstances): Decision[] {
  const { integration, issue, now } = given;
  const at = situation(given, freshDelivery(integration, 'issue', issue.id, issue.eventCount, now), now);
  return [...holdDecisions(integration, at), ...healthDecisions(integration, now)];
}

function present(given: Circumstances, delivery: DeliveryEntity, next: NextStep): Decision[] {
  const { integration, now, issue } = given;
  const at = situation(given, delivery, now);
  const owedFrom = `It has been owed the issue's events from number ${delivery.firstSeq} of ${issue.eventCount} on.`;
  return [
    decision('owed', true, owedFrom, delivery.createdAt),
    ...holdDecisions(integration, at),
    ...heldDecisions(delivery),
    ...stormDecisions(integration, at, delivery.stormId, now),
    ...healthDecisions(integration, now),
    ...mirrorDecisions(delivery, at, now),
    ...paceDecisions(delivery, next, now),
  ];
}

function situation(given: Circumstances, delivery: DeliveryEntity, at: Date): Situation {
  const { integration, issue, holds, updateIntervalMs } = given;
  return situationOf(delivery, integration, { issue }, holds, updateIntervalMs, at);
}

/** What hinders it now, foremost; where nothing does, what the sink shows. What comes next ends the sentence. */
function summaryOf(
  decisions: readonly Decision[],
  next: NextStep,
  { status }: Issue,
  { stormId }: DeliveryEntity,
): string {
  const shown = decisions.find(({ step }) => step === 'shown');
  if (shown?.ok && stormId !== null) return `${shown.text} ${next.text}`;
  if (shown?.ok) return `The sink shows the issue as it is, ${status}. ${next.text}`;
  const hindrance = decisions.find(({ ok, step }) => !ok && !['shown', 'attempt', 'ledger'].includes(step));
  const failed = decisions.findLast(({ ok, step }) => !ok && step === 'attempt');
  const why = hindrance ?? failed ?? shown ?? decisions.at(-1)!;
  return why.text.endsWith(next.text) ? why.text : `${why.text} ${next.text}`;
}

const nextDecision = ({ do: what, text, at }: NextStep): Decision =>
  decision('next', what !== 'nothing', text, at);
const shortly = ({ do: what, at }: NextStep): Explanation['next'] => ({
  do: what,
  at: at?.toISOString() ?? null,
});
