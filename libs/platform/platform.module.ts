import { Global, Module, type DynamicModule } from '@nestjs/common';
import { SETTINGS_TOKEN, type Settings } from '../config/index.js';
import { CLOCK, systemClock } from '../domain/index.js';
import { LOGGER, Metrics, type Logger } from '../observability/index.js';
import { Database } from '../persistence/index.js';
import { Queues } from '../queues/index.js';

/** What every room may ask for. Made before the application, because all of it can fail with a message of its own. */
export interface Platform {
  readonly settings: Settings;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly database: Database;
  readonly queues: Queues;
}

@Global()
@Module({})
export class PlatformModule {
  static of({ settings, logger, metrics, database, queues }: Platform): DynamicModule {
    const providers = [
      { provide: SETTINGS_TOKEN, useValue: settings },
      { provide: LOGGER, useValue: logger },
      { provide: CLOCK, useValue: systemClock },
      { provide: Metrics, useValue: metrics },
      { provide: Database, useValue: database },
      { provide: Queues, useValue: queues },
    ];
    return { module: PlatformModule, providers, exports: providers.map(({ provide }) => provide) };
  }
}
