import type { Clock } from '../domain/index.js';
import type { Logger, Metrics } from '../observability/index.js';
import {
  HistoryStore,
  LedgerAuditStore,
  LedgerStore,
  PaceStore,
  type Database,
} from '../persistence/index.js';
import type { Chore } from './chores.js';
import { createDrillChores } from './drills/drill-chores.js';
import { createHealthChores } from './health/health-chores.js';
import { HoldEnds } from './holds/hold-ends.js';
import { Housekeeping } from './housekeeping.js';
import type { Intake } from './intake.js';
import type { IntegrationHealth } from './integration-health.js';
import { LedgerAudit } from './ledger/ledger-audit.js';
import { createStreamChores } from './streams/stream-chores.js';
import type { Wakeups } from './wakeups.js';

export interface ChoreParts {
  readonly database: Database;
  readonly intake: Intake;
  readonly health: IntegrationHealth;
  readonly wakeups: Wakeups;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Streams are kept so long, in milliseconds. */
  readonly keptMs: number;
}

/** Of a pace nothing is to be known so long after its last place was given. */
const PACE_KEPT_MS = 24 * 3_600_000;
const HOLD_ENDS_EVERY_MS = 10_000;
const HOUSEKEEPING_EVERY_MS = 5 * 60_000;
const LEDGER_AUDIT_EVERY_MS = 60_000;

/** Everything that a dispatcher does beside delivering. */
export function createChores(parts: ChoreParts): readonly Chore[] {
  const { database, clock, logger } = parts;
  const housekeeping = new Housekeeping(database, new HistoryStore(), clock, logger);
  const ledgers = new LedgerAudit({ ...parts, store: new LedgerStore(), audits: new LedgerAuditStore() });
  const holds = new HoldEnds(parts);
  return [
    { name: 'holds.end', everyMs: HOLD_ENDS_EVERY_MS, run: () => holds.run() },
    { name: 'holds.forget', everyMs: HOUSEKEEPING_EVERY_MS, run: () => holds.forget() },
    { name: 'history.forget', everyMs: HOUSEKEEPING_EVERY_MS, run: () => housekeeping.run() },
    { name: 'paces.forget', everyMs: HOUSEKEEPING_EVERY_MS, run: () => forgetPaces(parts) },
    ...createHealthChores(parts),
    ...createDrillChores(parts),
    ...createStreamChores(parts),
    { name: 'ledger.audit', everyMs: LEDGER_AUDIT_EVERY_MS, run: () => ledgers.run() },
  ];
}

function forgetPaces({ database, clock }: ChoreParts): Promise<number> {
  return new PaceStore().forget(database, new Date(clock.now().getTime() - PACE_KEPT_MS));
}
