import type { Provider } from '@nestjs/common';
import { SETTINGS_TOKEN, type Settings } from '../../config/index.js';
import { CLOCK, type Clock } from '../../domain/index.js';
import { Audit } from '../../identity/index.js';
import { Database, IntegrationStore, ReplayStore } from '../../persistence/index.js';
import { Wakeups } from '../wakeups.js';
import { Replays } from './replay.js';

export const REPLAY_PROVIDERS: Provider[] = [
  {
    provide: Replays,
    inject: [Database, Audit, Wakeups, SETTINGS_TOKEN, CLOCK],
    useFactory: (database: Database, audit: Audit, wakeups: Wakeups, settings: Settings, clock: Clock) =>
      new Replays({
        database,
        audit,
        wakeups,
        clock,
        store: new ReplayStore(),
        integrations: new IntegrationStore(),
        updateIntervalMs: settings.SPILLWAY_SLACK_UPDATE_INTERVAL,
      }),
  },
];
