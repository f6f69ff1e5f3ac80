import { Audit } from '../../identity/index.js';
import { DrillStore, IntegrationHealthStore, IntegrationStore, ProbeStore } from '../../persistence/index.js';
import type { Chore } from '../chores.js';
import { DrillProgress, type DrillProgressParts } from './drill-progress.js';
import { DrillSchedules } from './drill-schedules.js';
import { Drills } from './drills.js';

const ADVANCE_EVERY_MS = 500;
const SCHEDULE_EVERY_MS = 30_000;
const FORGET_EVERY_MS = 60 * 60_000;
/** Drills are kept so long, as their issues are. */
const KEPT_MS = 30 * 24 * 3_600_000;
const FORGOTTEN_AT_ONCE = 1_000;

/** What a dispatcher does about fire drills. */
export function createDrillChores(
  parts: Omit<DrillProgressParts, 'store' | 'integrations' | 'probes'>,
): Chore[] {
  const { database, intake, clock, logger } = parts;
  const store = new DrillStore();
  const [integrations, probes] = [new IntegrationHealthStore(), new ProbeStore()];
  const progress = new DrillProgress({ ...parts, store, integrations, probes });
  const audit = new Audit(clock);
  const starting = { database, intake, store, probes, audit, clock };
  const drills = new Drills({ ...starting, integrations: new IntegrationStore() });
  const schedules = new DrillSchedules(database, store, drills, clock, logger);
  const forget = () => store.forget(database, new Date(clock.now().getTime() - KEPT_MS), FORGOTTEN_AT_ONCE);
  return [
    { name: 'drills.advance', everyMs: ADVANCE_EVERY_MS, run: () => progress.run() },
    { name: 'drills.schedule', everyMs: SCHEDULE_EVERY_MS, run: () => schedules.run() },
    { name: 'drills.forget', everyMs: FORGET_EVERY_MS, run: forget },
  ];
}
