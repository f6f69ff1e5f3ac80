import { Global, Module, type OnApplicationShutdown } from '@nestjs/common';
import { SETTINGS_TOKEN, type Settings } from '../config/index.js';
import { CLOCK, type Clock } from '../domain/index.js';
import { SecretBox, SecretsModule } from '../identity/index.js';
import { LOGGER, Metrics, type Logger } from '../observability/index.js';
import {
  Database,
  IntakeStore,
  StreamEntryStore,
  StreamPartStore,
  StreamStore,
} from '../persistence/index.js';
import { Queues } from '../queues/index.js';
import { DELIVERING_KINDS, STREAM_KINDS } from '../sinks/index.js';
import { DatabaseIntake } from './database-intake.js';
import { createIntegrationHealth } from './health/create-integration-health.js';
import { Intake, JoiningIntake } from './intake.js';
import { IntegrationHealth } from './integration-health.js';
import { IntegrationLifecycle } from './integration-lifecycle.js';
import { SinkConnections } from './sink-connections.js';
import { StreamIntake } from './streams/stream-intake.js';
import { StreamParts } from './streams/stream-parts.js';
import { StreamWriter } from './streams/stream-writer.js';
import { Wakeups } from './wakeups.js';

/** Accepts facts, logs and metrics, and keeps the health of integrations. Global: whoever takes something in or changes an integration needs it. */
@Global()
@Module({
  imports: [SecretsModule],
  providers: [
    {
      provide: Wakeups,
      inject: [Queues, LOGGER],
      useFactory: (queues: Queues, logger: Logger) => new Wakeups(queues, logger),
    },
    {
      provide: Intake,
      inject: [Database, Wakeups, CLOCK, Metrics],
      useFactory: (database: Database, wakeups: Wakeups, clock: Clock, metrics: Metrics) =>
        new DatabaseIntake(database, new IntakeStore(DELIVERING_KINDS), wakeups, clock, metrics),
    },
    { provide: JoiningIntake, useExisting: Intake },
    {
      provide: StreamIntake,
      inject: [Database, Wakeups, SETTINGS_TOKEN, CLOCK, LOGGER, Metrics],
      useFactory: (
        database: Database,
        wakeups: Wakeups,
        settings: Settings,
        clock: Clock,
        logger: Logger,
        metrics: Metrics,
      ) =>
        new StreamWriter({
          database,
          streams: new StreamStore(STREAM_KINDS),
          entries: new StreamEntryStore(),
          parts: new StreamParts(database, new StreamPartStore(), settings.SPILLWAY_RETENTION),
          wakeups,
          clock,
          logger,
          metrics,
          maxWaitingBytes: settings.SPILLWAY_INGEST_MEMORY * 1_048_576,
        }),
    },
    {
      provide: IntegrationHealth,
      inject: [Database, Intake, Wakeups, CLOCK, LOGGER],
      useFactory: (database: Database, intake: Intake, wakeups: Wakeups, clock: Clock, logger: Logger) =>
        createIntegrationHealth({ database, intake, wakeups, clock, logger }),
    },
    {
      provide: SinkConnections,
      inject: [SecretBox, CLOCK, SETTINGS_TOKEN],
      useFactory: (secretBox: SecretBox, clock: Clock, settings: Settings) =>
        new SinkConnections(secretBox, clock, settings),
    },
    { provide: IntegrationLifecycle, useExisting: IntegrationHealth },
  ],
  exports: [
    Intake,
    JoiningIntake,
    StreamIntake,
    IntegrationHealth,
    IntegrationLifecycle,
    SinkConnections,
    Wakeups,
  ],
})
export class DeliveryModule implements OnApplicationShutdown {
  constructor(private readonly connections: SinkConnections) {}

  onApplicationShutdown(): void {
    this.connections.close();
  }
}
