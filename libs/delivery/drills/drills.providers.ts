import type { Provider } from '@nestjs/common';
import { CLOCK, type Clock } from '../../domain/index.js';
import { Audit } from '../../identity/index.js';
import { Database, DrillStore, IntegrationStore, ProbeStore } from '../../persistence/index.js';
import { Intake } from '../intake.js';
import { Drills } from './drills.js';

/** What `DrillsController` needs. */
export const DRILL_PROVIDERS: Provider[] = [
  {
    provide: Drills,
    inject: [Database, Intake, Audit, CLOCK],
    useFactory: (database: Database, intake: Intake, audit: Audit, clock: Clock) =>
      new Drills({
        database,
        intake,
        audit,
        clock,
        integrations: new IntegrationStore(),
        store: new DrillStore(),
        probes: new ProbeStore(),
      }),
  },
];
