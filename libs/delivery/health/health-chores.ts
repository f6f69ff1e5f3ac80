import type { Clock } from '../../domain/index.js';
import type { Logger, Metrics } from '../../observability/index.js';
import {
  HealthNewsStore,
  HealthReadStore,
  IntegrationHealthStore,
  type Database,
} from '../../persistence/index.js';
import type { Chore } from '../chores.js';
import type { Intake } from '../intake.js';
import type { IntegrationHealth } from '../integration-health.js';
import { HealthGauges } from './health-gauges.js';
import { HealthNewsLater } from './health-news-later.js';
import { HealthNews } from './health-news.js';

const UNPARK_EVERY_MS = 10_000;
const TELL_EVERY_MS = 30_000;
const MEASURE_EVERY_MS = 30_000;

export interface HealthChoreParts {
  readonly database: Database;
  readonly intake: Intake;
  readonly health: IntegrationHealth;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly logger: Logger;
}

/** What a dispatcher does about the health of integrations, beside probing them. */
export function createHealthChores(parts: HealthChoreParts): Chore[] {
  const { database, intake, health, clock, metrics, logger } = parts;
  const [newsStore, facts] = [new HealthNewsStore(), new HealthReadStore()];
  const news = new HealthNews(newsStore, facts, clock);
  const integrations = new IntegrationHealthStore();
  const later = new HealthNewsLater(database, newsStore, integrations, news, intake, clock, logger);
  const gauges = new HealthGauges(database, facts, metrics);
  return [
    { name: 'integrations.unpark', everyMs: UNPARK_EVERY_MS, run: () => health.unparkMended() },
    { name: 'integrations.tell', everyMs: TELL_EVERY_MS, run: () => later.run() },
    { name: 'integrations.measure', everyMs: MEASURE_EVERY_MS, run: () => gauges.run() },
  ];
}
