import type { Provider } from '@nestjs/common';
import { CLOCK, type Clock } from '../../domain/index.js';
import { Audit } from '../../identity/index.js';
import { Database, HealthReadStore, IntegrationStore, ParkingStore } from '../../persistence/index.js';
import { Intake } from '../intake.js';
import { IntegrationHealth } from '../integration-health.js';
import { HealthViews } from './health-view.js';
import { Pausing } from './pausing.js';

/** What `HealthController` needs. */
export const HEALTH_PROVIDERS: Provider[] = [
  {
    provide: HealthViews,
    inject: [Database, CLOCK],
    useFactory: (database: Database, clock: Clock) =>
      new HealthViews(database, new IntegrationStore(), new HealthReadStore(), clock),
  },
  {
    provide: Pausing,
    inject: [Intake, IntegrationHealth, Audit, CLOCK],
    useFactory: (intake: Intake, health: IntegrationHealth, audit: Audit, clock: Clock) =>
      new Pausing({
        intake,
        health,
        audit,
        clock,
        integrations: new IntegrationStore(),
        parking: new ParkingStore(),
      }),
  },
];
