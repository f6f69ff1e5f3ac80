import type { ClaimRow } from '../persistence/index.js';
import { traitsOf } from '../sinks/index.js';
import { decide, type Decision } from './decide.js';
import { stateOf } from './delivery-rows.js';
import { holdNow } from './hold-now.js';
import { viewOf } from './integration-view.js';
import type { DeliveryRules } from './rules.js';
import { settleCrashed } from './settle-call.js';
import { mayTakeIn, STORM_INTERVAL_MS } from './storms/storm-rules.js';
import type { Storms } from './storms/storms.js';
import type { Subject } from './subject.js';

/** Puts together what the pure decision on a delivery needs, from a row as it was read. */
export class Decisions {
  constructor(
    private readonly storms: Storms,
    private readonly rules: DeliveryRules,
  ) {}

  async of(row: ClaimRow, subject: Subject, now: Date): Promise<Decision> {
    const { delivery, integration } = row;
    const { keyed, showsClosed } = traitsOf(delivery.sink);
    const updateIntervalMs =
      delivery.subjectType === 'storm' ? STORM_INTERVAL_MS : this.rules.updateIntervalMs;
    const rules = { updateIntervalMs, keyed, showsClosed };
    const state = settleCrashed(stateOf(delivery));
    const hold = holdNow(integration, subject.held, row.holds, now);
    const decideWith = (storm: boolean): Decision =>
      decide(state, subject.now, viewOf(integration, delivery, hold, storm), now, rules);
    const decision = decideWith(mayTakeIn(row));
    // Most are no posts: only for these it is found out.
    return 'absorb' in decision && !(await this.storms.rages(row, now)) ? decideWith(false) : decision;
  }
}
