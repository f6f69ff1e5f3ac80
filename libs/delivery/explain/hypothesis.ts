import type { Issue, Notification } from '../../domain/index.js';
import type { IntegrationEntity, StoredHold } from '../../persistence/index.js';
import { decide } from '../decide.js';
import { stateOf } from '../delivery-rows.js';
import { freshDelivery } from '../fresh-delivery.js';
import { situationOf, type Situation } from '../situation.js';
import { concernDecisions, healthDecisions } from './integration-decisions.js';

/** What keeps a thing from a sink. */
export type Obstacle =
  'source' | 'sink' | 'filter' | 'silence' | 'window' | 'storm' | 'paused' | 'failing' | 'over' | null;

/** What an integration would do with a thing that there is not. */
export interface Supposition {
  readonly do: 'post' | 'nothing';
  readonly because: Obstacle;
  /** A sentence for people. */
  readonly reason: string;
  /** When it would be done, or looked at again. */
  readonly at: Date | null;
}

export type Hypothesis = { readonly issue: Issue } | { readonly notification: Notification };

/** Decided by the same rules that a worker follows, on a delivery as the intake would make it now. */
export function suppose(
  hypothesis: Hypothesis,
  integration: IntegrationEntity,
  holds: readonly StoredHold[],
  updateIntervalMs: number,
  now: Date,
): Supposition {
  const isIssue = 'issue' in hypothesis;
  const unmet = concernDecisions(integration, isIssue ? 'issues' : 'notifications').find(({ ok }) => !ok);
  if (unmet) {
    return nothing(unmet.step === 'sink' ? 'sink' : 'source', unmet.text);
  }
  const { id } = isIssue ? hypothesis.issue : hypothesis.notification;
  const row = freshDelivery(integration, isIssue ? 'issue' : 'notification', id, 1, now);
  const situation = situationOf(row, integration, hypothesis, holds, updateIntervalMs, now);
  return supposed(stateOf(row), situation, integration, now);
}

function supposed(
  state: ReturnType<typeof stateOf>,
  { subject, view, rules, hold }: Situation,
  integration: IntegrationEntity,
  now: Date,
): Supposition {
  const decision = decide(state, subject, view, now, rules);
  if ('call' in decision)
    return { do: 'post', because: null, reason: 'It would be posted at once.', at: now };
  if ('absorb' in decision)
    return nothing('storm', 'A storm is on: its summary would show it in place of a message of its own.');
  const { rest } = decision;
  if (rest.held && hold) return nothing(hold.type, hold.reason, rest.dueAt);
  if (rest.parked) {
    const [health] = healthDecisions(integration, now);
    const because = integration.pausedAt ? 'paused' : 'failing';
    return nothing(because, `It would be parked. ${health!.text}`);
  }
  if (rest.dueAt) {
    const reason = `The sink asked to be left alone: it would be posted at ${rest.dueAt.toISOString()}.`;
    return { do: 'post', because: null, reason, at: rest.dueAt };
  }
  return nothing('over', 'It would be over before it was shown, and nobody is paged for what is over.');
}

const nothing = (because: Obstacle, reason: string, at: Date | null = null): Supposition => ({
  do: 'nothing',
  because,
  reason,
  at,
});
