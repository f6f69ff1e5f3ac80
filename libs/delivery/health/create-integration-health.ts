import {
  BacklogStore,
  DrillStore,
  HealthNewsStore,
  HealthReadStore,
  IntegrationHealthStore,
  ParkingStore,
  ProbeStore,
  StreamCursorStore,
} from '../../persistence/index.js';
import { IntegrationHealth, type HealthParts } from '../integration-health.js';
import { HealthNews } from './health-news.js';
import { HealthTurns } from './health-turns.js';

/** Puts together what keeps the health of integrations. */
export function createIntegrationHealth(
  parts: Omit<HealthParts, 'store' | 'probes' | 'drills' | 'backlog' | 'parking' | 'cursors' | 'turns'>,
): IntegrationHealth {
  const { clock, logger } = parts;
  const store = new IntegrationHealthStore();
  const news = new HealthNews(new HealthNewsStore(), new HealthReadStore(), clock);
  return new IntegrationHealth({
    ...parts,
    store,
    probes: new ProbeStore(),
    drills: new DrillStore(),
    backlog: new BacklogStore(),
    parking: new ParkingStore(),
    cursors: new StreamCursorStore(),
    turns: new HealthTurns(store, news, clock, logger),
  });
}
