import type { Issue, Notification } from '../domain/index.js';
import type { DeliveryEntity, IntegrationEntity, StoredHold } from '../persistence/index.js';
import { traitsOf } from '../sinks/index.js';
import type { IntegrationView } from './decide.js';
import type { Shown } from './delivery-state.js';
import { holdNow } from './hold-now.js';
import type { Hold, HoldSubject } from './holds/hold.js';
import { viewOf } from './integration-view.js';
import type { PlanRules } from './plan.js';
import { isTakenIn, mayTakeIn } from './storms/storm-rules.js';
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

/**
 * The same that a worker would decide on now; but of issues that flood in and that no storm has taken in yet, only the worker
 * sees that there are too many. `updateIntervalMs`: the least time between two plain updates.
 */
export function situationOf(
  delivery: DeliveryEntity,
  integration: IntegrationEntity,
  { issue, notification }: Fact,
  holds: readonly StoredHold[],
  updateIntervalMs: number,
  now: Date,
): Situation {
  const row = { delivery, integration, issue, notification, names: NAMELESS };
  const { now: subject, held: heldSubject } = subjectOf(row);
  const hold = holdNow(integration, heldSubject, holds, now);
  const storm = mayTakeIn(row) && isTakenIn(delivery, integration, now);
  const { keyed, showsClosed } = traitsOf(delivery.sink);
  return {
    subject,
    heldSubject,
    hold,
    view: viewOf(integration, delivery, hold, storm),
    rules: { updateIntervalMs, keyed, showsClosed },
  };
}
