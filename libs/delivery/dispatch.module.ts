import {
  Module,
  type BeforeApplicationShutdown,
  type DynamicModule,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { SETTINGS_TOKEN, type Settings } from '../config/index.js';
import { CLOCK, type Clock } from '../domain/index.js';
import { LOGGER, Metrics, type Logger } from '../observability/index.js';
import { Database } from '../persistence/index.js';
import { Queues, sinkQueueName } from '../queues/index.js';
import { DELIVERING_KINDS, STREAM_KINDS } from '../sinks/index.js';
import { Chores } from './chores.js';
import { createChores } from './dispatch-chores.js';
import { Intake } from './intake.js';
import { IntegrationHealth } from './integration-health.js';
import { createPipeline } from './pipeline.js';
import { DEFAULT_RULES } from './rules.js';
import { SinkConnections } from './sink-connections.js';
import { createStreamWorker } from './streams/create-stream-worker.js';
import { StreamWorker } from './streams/stream-worker.js';
import { Sweeper } from './sweeper.js';
import { Wakeups, type DeliveryDue } from './wakeups.js';

/** Deliveries of one sink that are worked on at once in one process. */
const CONCURRENCY = 32;
/** Cursors of streams that are worked on, or wait for their turn: the worker says how many go at once, and whose. */
const STREAM_CONCURRENCY = 10_000;

/** Works on what is due: a worker for the queue of each sink, the sweeper, and the chores. */
@Module({})
export class DispatchModule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(
    private readonly sweeper: Sweeper,
    private readonly streams: StreamWorker,
    private readonly chores: Chores,
  ) {}

  static forSinks(
    kinds: readonly string[] = DELIVERING_KINDS,
    streamKinds: readonly string[] = STREAM_KINDS,
  ): DynamicModule {
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
        {
          provide: StreamWorker,
          inject: [
            Database,
            Intake,
            IntegrationHealth,
            Queues,
            SinkConnections,
            SETTINGS_TOKEN,
            CLOCK,
            LOGGER,
            Metrics,
          ],
          useFactory: (...parts: StreamDispatchParts) => assembleStreams(streamKinds, ...parts),
        },
        {
          provide: Chores,
          inject: [Database, Intake, IntegrationHealth, Wakeups, SETTINGS_TOKEN, CLOCK, LOGGER, Metrics],
          useFactory: (
            database: Database,
            intake: Intake,
            health: IntegrationHealth,
            wakeups: Wakeups,
            settings: Settings,
            clock: Clock,
            logger: Logger,
            metrics: Metrics,
          ) => {
            const keptMs = settings.SPILLWAY_RETENTION;
            const parts = { database, intake, health, wakeups, clock, logger, metrics, keptMs };
            return new Chores(createChores(parts), logger);
          },
        },
      ],
    };
  }

  onApplicationBootstrap(): void {
    this.sweeper.start();
    this.chores.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.streams.stop();
    await Promise.all([this.sweeper.stop(), this.chores.stop()]);
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
  const { turns, sweeper } = createPipeline(kinds, {
    database,
    health,
    wakeups,
    connections,
    rules,
    publicUrl: settings.SPILLWAY_PUBLIC_URL,
    clock,
    logger,
    metrics,
  });
  for (const kind of kinds) {
    queues.work<DeliveryDue>(sinkQueueName(kind), (due) => turns.run(due), {
      concurrency: CONCURRENCY,
    });
  }
  return sweeper;
}

type StreamDispatchParts = [
  Database,
  Intake,
  IntegrationHealth,
  Queues,
  SinkConnections,
  Settings,
  Clock,
  Logger,
  Metrics,
];

function assembleStreams(kinds: readonly string[], ...parts: StreamDispatchParts): StreamWorker {
  const [database, intake, health, queues, connections, settings, clock, logger, metrics] = parts;
  const worker = createStreamWorker({
    database,
    intake,
    health,
    connections,
    settings,
    clock,
    logger,
    metrics,
  });
  for (const kind of kinds)
    queues.work<DeliveryDue>(sinkQueueName(kind), (due) => worker.run(due), {
      concurrency: STREAM_CONCURRENCY,
      isDetached: true,
    });
  return worker;
}
