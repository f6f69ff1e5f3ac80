import {
  Module,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { InvalidSettings, SETTINGS_TOKEN, type Settings } from '../config/index.js';
import { DeliveryModule, Intake, StreamIntake } from '../delivery/index.js';
import { CLOCK, type Clock } from '../domain/index.js';
import { Egress } from '../egress/index.js';
import { LOGGER, Metrics, type Logger } from '../observability/index.js';
import {
  Database,
  DetectorStateStore,
  LogFileStore,
  ObservationStore,
  StreamInterestStore,
} from '../persistence/index.js';
import { Queues } from '../queues/index.js';
import { STREAM_KINDS } from '../sinks/index.js';
import { RoundEvaluator } from './evaluate.js';
import { LOGS_QUEUE, LogPoller, type LogPollJob } from './log-poller.js';
import { LogSchedules } from './log-schedules.js';
import { MetricScrapes } from './metric-scrapes.js';
import { ObservationRetention } from './observation-retention.js';
import { COLLECTION_QUEUE, type PollJob } from './poll-job.js';
import { PollSchedules } from './poll-schedules.js';
import { Poller } from './poller.js';
import { SchedulingModule } from './scheduling.module.js';
import { WatchedClusters } from './watched-clusters.js';

/**
 * Rounds that are under way at once in one process. They wait nearly all the time: for the moment of the second question,
 * for one of the poller's slots, or for a node that does not answer. A cluster with such a node keeps one busy for up to
 * ten seconds of each of three rounds in thirty: a thousand of them delay no other.
 */
const CONCURRENCY = 1_024;

/** Clusters whose log files are read at once in one process, each of which holds one part of a file at the most. */
const LOGS_CONCURRENCY = 128;

type PollerParts = [WatchedClusters, Intake, MetricScrapes, Egress, Queues, Settings, Clock, Logger, Metrics];

function assemble(...parts: PollerParts): Poller {
  const [clusters, intake, scrapes, egress, queues, settings, clock, logger, metrics] = parts;
  const { detection: defaults } = settings;
  const evaluator = new RoundEvaluator(
    intake,
    new DetectorStateStore(),
    new ObservationStore(),
    defaults,
    clock,
  );
  const queue = queues.define<PollJob>(COLLECTION_QUEUE);
  const options = { defaults };
  const poller = new Poller(clusters, evaluator, egress, scrapes, queue, clock, logger, metrics, options);
  queues.work<PollJob>(COLLECTION_QUEUE, ({ clusterId, round }) => poller.pollCluster(clusterId, round), {
    concurrency: CONCURRENCY,
    isDetached: true,
  });
  return poller;
}

type LogPollerParts = [WatchedClusters, Database, StreamIntake, Egress, Queues, Clock, Logger, Metrics];

function assembleLogPoller(...parts: LogPollerParts): LogPoller {
  const [clusters, database, intake, egress, queues, clock, logger, metrics] = parts;
  const files = new LogFileStore();
  const poller = new LogPoller(clusters, database, files, intake, egress, clock, logger, metrics);
  queues.work<LogPollJob>(LOGS_QUEUE, ({ clusterId }) => poller.pollCluster(clusterId), {
    concurrency: LOGS_CONCURRENCY,
    isDetached: true,
  });
  return poller;
}

function createEgress({ SPILLWAY_EGRESS_DENY: deny }: Settings): Egress {
  try {
    return new Egress({ deny });
  } catch (error) {
    throw new InvalidSettings([`SPILLWAY_EGRESS_DENY: ${(error as Error).message}`]);
  }
}

/** Polls: handles the queues of polls, keeps their schedules in step with the database, and forgets old observations. */
@Module({
  imports: [SchedulingModule, DeliveryModule],
  providers: [
    {
      provide: Egress,
      inject: [SETTINGS_TOKEN],
      useFactory: createEgress,
    },
    {
      provide: MetricScrapes,
      inject: [Database, StreamIntake, CLOCK, LOGGER, Metrics],
      useFactory: (
        database: Database,
        intake: StreamIntake,
        clock: Clock,
        logger: Logger,
        metrics: Metrics,
      ) => new MetricScrapes(database, new StreamInterestStore(STREAM_KINDS), intake, clock, logger, metrics),
    },
    {
      provide: Poller,
      inject: [
        WatchedClusters,
        Intake,
        MetricScrapes,
        Egress,
        Queues,
        SETTINGS_TOKEN,
        CLOCK,
        LOGGER,
        Metrics,
      ],
      useFactory: assemble,
    },
    {
      provide: LogPoller,
      inject: [WatchedClusters, Database, StreamIntake, Egress, Queues, CLOCK, LOGGER, Metrics],
      useFactory: assembleLogPoller,
    },
    {
      provide: ObservationRetention,
      inject: [Database, SETTINGS_TOKEN, CLOCK, LOGGER],
      useFactory: (database: Database, settings: Settings, clock: Clock, logger: Logger) =>
        new ObservationRetention(
          database,
          new ObservationStore(),
          settings.SPILLWAY_RETENTION,
          clock,
          logger,
        ),
    },
  ],
})
export class CollectionModule
  implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown
{
  constructor(
    private readonly schedules: PollSchedules,
    private readonly poller: Poller,
    private readonly logSchedules: LogSchedules,
    private readonly logPoller: LogPoller,
    private readonly retention: ObservationRetention,
    private readonly egress: Egress,
  ) {}

  /** The queues must be connected. */
  onApplicationBootstrap(): void {
    this.schedules.start();
    this.logSchedules.start();
    this.retention.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.poller.stop();
    this.logPoller.stop();
    await Promise.all([this.schedules.stop(), this.logSchedules.stop(), this.retention.stop()]);
  }

  onApplicationShutdown(): void {
    this.egress.close();
  }
}
