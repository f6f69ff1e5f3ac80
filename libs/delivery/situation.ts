import type { Issue, Notification } from '../domain/index.js';
import type { DeliveryEntity, IntegrationEntity, StoredHold } from '../persistence/index.js';
import { traitsOf } from '../sinks/index.js';
import type { IntegrationView } from './decide.js';
import type { Shown } from './delivery-state.js';
import type { Hold, HoldSubject, Matcher } from './holds/hold.js';
import { holdOf } from './holds/hold-of.js';
import { viewOf } from './integration-view.js';
import type { PlanRules } from './plan.js';
import { subjectOf } from './subject.js';

/** What a delivery is about, as it is now. */
export interface Fact {
  readonly issue?: Issue | undefined;
  readonly notification?: Notification | undefined;
}

/** What somebody who explains or replays has to know of a delivery besides its own row. */
export interface Situation {
  readonly subject: Shown;
  /** What filters and silences look at; null when they do not concern it. */
  readonly heldSubject: HoldSubject | null;
  readonly hold: Hold | null;
  readonly view: IntegrationView;
  readonly rules: PlanRules;
}

const NAMELESS = { projectName: '', clusterName: null, nodeAddress: null };

/** The same that a worker would decide on now. `updateIntervalMs`: the least time between two plain updates. */
export function situationOf(
  delivery: DeliveryEntity,
  integration: IntegrationEntity,
  { issue, notification }: Fact,
  holds: readonly StoredHold[],
  updateIntervalMs: number,
  now: Date,
): Situation {
  const row = { delivery, integration, issue, notification, names: NAMELESS, version: '' };
  const { now: subject, held: heldSubject } = subjectOf(row);
  const hold =
    heldSubject && holdOf(heldSubject, { id: integration.id, filter: filterOf(integration) }, holds, now);
  const isTakenIn = delivery.stormId !== null || isStormOn(integration, now);
  const { keyed, showsClosed, summarisesStorms } = traitsOf(integration.sink);
  const mayBeTakenIn = summarisesStorms && !issue?.drillOf && issue?.severity !== 'critical';
  return {
    subject,
    heldSubject,
    hold,
    view: viewOf(integration, delivery, hold, issue !== undefined && mayBeTakenIn && isTakenIn),
    rules: { updateIntervalMs, keyed, showsClosed },
  };
}

/** The filter of an integration's settings, if it has one. */
export const filterOf = ({ settings }: IntegrationEntity): Matcher | undefined =>
  settings['filter'] as Matcher | undefined;

/** Whether a storm takes in what opens at the integration now. */
export const isStormOn = ({ stormId, stormUntil }: IntegrationEntity, now: Date): boolean =>
  stormId !== null && stormUntil !== null && stormUntil > now;
