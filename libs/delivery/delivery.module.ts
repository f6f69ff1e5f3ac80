import {
  Global,
  Module,
  type BeforeApplicationShutdown,
  type DynamicModule,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { SETTINGS_TOKEN, type Settings } from '../config/index.js';
import { CLOCK, type Clock } from '../domain/index.js';
import { SecretBox, SecretsModule } from '../identity/index.js';
import { LOGGER, Metrics, type Logger } from '../observability/index.js';
import {
  BacklogStore,
  Database,
  IntakeStore,
  IntegrationHealthStore,
  IntegrationStore,
  LedgerStore,
} from '../persistence/index.js';
import { Queues, sinkQueueName } from '../queues/index.js';
import { DELIVERING_KINDS } from '../sinks/index.js';
import { DatabaseIntake } from './database-intake.js';
import { Intake } from './intake.js';
import { IntegrationHealth } from './integration-health.js';
import { IntegrationLifecycle } from './integration-lifecycle.js';
import { LedgerController } from './ledger.controller.js';
import { Ledgers } from './ledger.js';
import { createPipeline } from './pipeline.js';
import { DEFAULT_RULES } from './rules.js';
import { SinkConnections } from './sink-connections.js';
import { Sweeper } from './sweeper.js';
import { Wakeups, type DeliveryDue } from './wakeups.js';

/** Deliveries of one sink that are worked on at once in one process. */
const CONCURRENCY = 32;

/** Accepts facts and reads ledgers. Global: whoever takes something in or changes an integration needs it. */
@Global()
@Module({
  imports: [SecretsModule],
  controllers: [LedgerController],
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
    {
      provide: IntegrationHealth,
      inject: [Database, Wakeups, CLOCK, LOGGER],
      useFactory: (database: Database, wakeups: Wakeups, clock: Clock, logger: Logger) =>
        new IntegrationHealth(
          database,
          new IntegrationHealthStore(),
          new BacklogStore(),
          wakeups,
          clock,
          logger,
        ),
    },
    {
      provide: SinkConnections,
      inject: [SecretBox, CLOCK, SETTINGS_TOKEN],
      useFactory: (secretBox: SecretBox, clock: Clock, settings: Settings) =>
        new SinkConnections(secretBox, clock, settings),
    },
    { provide: IntegrationLifecycle, useExisting: IntegrationHealth },
    {
      provide: Ledgers,
      inject: [Database],
      useFactory: (database: Database) => new Ledgers(database, new LedgerStore(), new IntegrationStore()),
    },
  ],
  exports: [Intake, IntegrationHealth, IntegrationLifecycle, Ledgers, SinkConnections, Wakeups],
})
export class DeliveryModule {}

/** Works on what is due: a worker for the queue of each sink that is delivered to, and the sweeper. */
@Module({})
export class DispatchModule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(private readonly sweeper: Sweeper) {}

  static forSinks(kinds: readonly string[] = DELIVERING_KINDS): DynamicModule {
    return {
      module: DispatchModule,
      providers: [
        {
          provide: Sweeper,
          inject: [
            Database,
            IntegrationHealth,
            Wakeups,
            Queues,
            SinkConnections,
            SETTINGS_TOKEN,
            CLOCK,
            LOGGER,
            Metrics,
          ],
          useFactory: (...parts: DispatchParts) => assemble(kinds, ...parts),
        },
      ],
    };
  }

  onApplicationBootstrap(): void {
    this.sweeper.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.sweeper.stop();
  }
}

type DispatchParts = [
  Database,
  IntegrationHealth,
  Wakeups,
  Queues,
  SinkConnections,
  Settings,
  Clock,
  Logger,
  Metrics,
];

function assemble(kinds: readonly string[], ...parts: DispatchParts): Sweeper {
  const [database, health, wakeups, queues, connections, settings, clock, logger, metrics] = parts;
  const rules = { ...DEFAULT_RULES, updateIntervalMs: settings.SPILLWAY_SLACK_UPDATE_INTERVAL };
  const { worker, sweeper } = createPipeline(kinds, {
    database,
    health,
    wakeups,
    connections,
    rules,
    clock,
    logger,
    metrics,
  });
  for (const kind of kinds) {
    queues.work<DeliveryDue>(sinkQueueName(kind), ({ deliveryId }) => worker.run(deliveryId), {
      concurrency: CONCURRENCY,
    });
  }
  return sweeper;
}
