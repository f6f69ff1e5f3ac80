import type { Clock } from '../domain/index.js';
import type { Logger, Metrics } from '../observability/index.js';
import { HistoryStore, type Database } from '../persistence/index.js';
import type { Chore } from './chores.js';
import { Housekeeping } from './housekeeping.js';
import type { Intake } from './intake.js';
import type { IntegrationHealth } from './integration-health.js';
import type { Wakeups } from './wakeups.js';

export interface ChoreParts {
  readonly database: Database;
  readonly intake: Intake;
  readonly health: IntegrationHealth;
  readonly wakeups: Wakeups;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

const UNPARK_EVERY_MS = 10_000;
const HOUSEKEEPING_EVERY_MS = 5 * 60_000;

/** Everything that a dispatcher does beside delivering. */
export function createChores({ database, health, clock, logger }: ChoreParts): readonly Chore[] {
  const housekeeping = new Housekeeping(database, new HistoryStore(), clock, logger);
  return [
    { name: 'integrations.unpark', everyMs: UNPARK_EVERY_MS, run: () => health.unparkMended() },
    { name: 'history.forget', everyMs: HOUSEKEEPING_EVERY_MS, run: () => housekeeping.run() },
  ];
}
