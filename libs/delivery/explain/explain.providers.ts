import type { Provider } from '@nestjs/common';
import { SETTINGS_TOKEN, type Settings } from '../../config/index.js';
import { CLOCK, type Clock } from '../../domain/index.js';
import {
  ClusterStore,
  Database,
  ExplainStore,
  IntegrationStore,
  IssueReadStore,
} from '../../persistence/index.js';
import { Explanations } from './explanations.js';

export const EXPLAIN_PROVIDERS: Provider[] = [
  {
    provide: Explanations,
    inject: [Database, SETTINGS_TOKEN, CLOCK],
    useFactory: (database: Database, settings: Settings, clock: Clock) =>
      new Explanations({
        database,
        clock,
        store: new ExplainStore(),
        integrations: new IntegrationStore(),
        issues: new IssueReadStore(),
        clusters: new ClusterStore(),
        updateIntervalMs: settings.SPILLWAY_SLACK_UPDATE_INTERVAL,
      }),
  },
];
