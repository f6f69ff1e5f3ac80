import {
  BacklogStore,
  HealthNewsStore,
  HealthReadStore,
  IntegrationHealthStore,
  ParkingStore,
} from '../../persistence/index.js';
import { IntegrationHealth, type HealthParts } from '../integration-health.js';
import { HealthNews } from './health-news.js';

/** Puts together what keeps the health of integrations. */
export function createIntegrationHealth(
  parts: Omit<HealthParts, 'store' | 'backlog' | 'parking' | 'news'>,
): IntegrationHealth {
  return new IntegrationHealth({
    ...parts,
    store: new IntegrationHealthStore(),
    backlog: new BacklogStore(),
    parking: new ParkingStore(),
    news: new HealthNews(new HealthNewsStore(), new HealthReadStore(), parts.clock),
  });
}
