import {
  Global,
  Module,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { ClusterObserver } from '../clusters/index.js';
import { InvalidSettings, SETTINGS_TOKEN, type Settings } from '../config/index.js';
import { DeliveryModule, Intake } from '../delivery/index.js';
import { CLOCK, type Clock } from '../domain/index.js';
import { Egress } from '../egress/index.js';
import { SecretBox, SecretsModule } from '../identity/index.js';
import { LOGGER, Metrics, type Logger } from '../observability/index.js';
import { ClusterStore, Database, DetectorStateStore, ObservationStore } from '../persistence/index.js';
import { Queues } from '../queues/index.js';
import { ClusterIssues } from './cluster-issues.js';
import { RoundEvaluator } from './evaluate.js';
import { ObservationRetention } from './observation-retention.js';
import { COLLECTION_QUEUE, type PollJob } from './poll-job.js';
import { PollSchedules } from './poll-schedules.js';
import { Poller } from './poller.js';
import { WatchedClusters } from './watched-clusters.js';

/**
 * Rounds that are under way at once in one process. They wait nearly all the time: for the moment of the second question,
 * for one of the poller's slots, or for a node that does not answer. A cluster with such a node keeps one busy for up to
 * ten seconds of each of three rounds in thirty: a thousand of them delay no other.
 */
const CONCURRENCY = 1_024;

/** Tells the queue which clusters are to be polled. Global: what every app needs that changes clusters. */
@Global()
@Module({
  imports: [DeliveryModule, SecretsModule],
  providers: [
    {
      provide: WatchedClusters,
      inject: [Database, SecretBox],
      useFactory: (database: Database, secretBox: SecretBox) =>
        new WatchedClusters(database, new ClusterStore(), secretBox),
    },
    {
      provide: ClusterIssues,
      inject: [Database, Intake, CLOCK],
      useFactory: (database: Database, intake: Intake, clock: Clock) =>
        new ClusterIssues(database, intake, new DetectorStateStore(), clock),
    },
    {
      provide: PollSchedules,
      inject: [Queues, WatchedClusters, ClusterIssues, SETTINGS_TOKEN, LOGGER],
      useFactory: (
        queues: Queues,
        clusters: WatchedClusters,
        issues: ClusterIssues,
        settings: Settings,
        logger: Logger,
      ) =>
        new PollSchedules(
          queues.define<PollJob>(COLLECTION_QUEUE),
          clusters,
          issues,
          { gossip: settings.SPILLWAY_GOSSIP_INTERVAL, host: settings.SPILLWAY_HOST_INTERVAL },
          logger,
        ),
    },
    { provide: ClusterObserver, useExisting: PollSchedules },
  ],
  exports: [ClusterObserver, WatchedClusters, ClusterIssues, PollSchedules],
})
export class SchedulingModule {}

type PollerParts = [WatchedClusters, Intake, Egress, Queues, Settings, Clock, Logger, Metrics];

function assemble(...parts: PollerParts): Poller {
  const [clusters, intake, egress, queues, settings, clock, logger, metrics] = parts;
  const { detection: defaults } = settings;
  const evaluator = new RoundEvaluator(
    intake,
    new DetectorStateStore(),
    new ObservationStore(),
    defaults,
    clock,
  );
  const queue = queues.define<PollJob>(COLLECTION_QUEUE);
  const poller = new Poller(clusters, evaluator, egress, queue, clock, logger, metrics, { defaults });
  queues.work<PollJob>(COLLECTION_QUEUE, ({ clusterId, round }) => poller.pollCluster(clusterId, round), {
    concurrency: CONCURRENCY,
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

/** Polls: handles the queue of polls, keeps its schedules in step with the database, and forgets old observations. */
@Module({
  imports: [SchedulingModule, DeliveryModule],
  providers: [
    {
      provide: Egress,
      inject: [SETTINGS_TOKEN],
      useFactory: createEgress,
    },
    {
      provide: Poller,
      inject: [WatchedClusters, Intake, Egress, Queues, SETTINGS_TOKEN, CLOCK, LOGGER, Metrics],
      useFactory: assemble,
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
    private readonly retention: ObservationRetention,
    private readonly egress: Egress,
  ) {}

  /** The queues must be connected. */
  onApplicationBootstrap(): void {
    this.schedules.start();
    this.retention.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.poller.stop();
    await Promise.all([this.schedules.stop(), this.retention.stop()]);
  }

  onApplicationShutdown(): void {
    this.egress.close();
  }
}
