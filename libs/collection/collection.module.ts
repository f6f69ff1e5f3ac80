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
import { ClusterStore, Database, DetectorStateStore } from '../persistence/index.js';
import { Queues } from '../queues/index.js';
import { ClusterIssues } from './cluster-issues.js';
import { detectionSettings } from './detection-settings.js';
import { RoundEvaluator } from './evaluate.js';
import { COLLECTION_QUEUE, type PollJob } from './poll-job.js';
import { PollSchedules } from './poll-schedules.js';
import { Poller } from './poller.js';
import { WatchedClusters } from './watched-clusters.js';

/**
 * Rounds that are polled at once in one process. They wait for the network nearly all the time. A cluster with a node
 * that never answers keeps one busy for half of the time (5 s, three times in 30 s): 128 such clusters delay no other.
 */
const CONCURRENCY = 64;

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
  const evaluator = new RoundEvaluator(intake, new DetectorStateStore(), detectionSettings(settings), clock);
  const queue = queues.define<PollJob>(COLLECTION_QUEUE);
  const poller = new Poller(clusters, evaluator, egress, queue, clock, logger, metrics);
  queues.work<PollJob>(COLLECTION_QUEUE, ({ clusterId, round }) => poller.pollCluster(clusterId, round), {
    concurrency: CONCURRENCY,
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

/** Polls: handles the queue of polls, and keeps its schedules in step with the database. */
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
  ],
})
export class CollectionModule
  implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown
{
  constructor(
    private readonly schedules: PollSchedules,
    private readonly poller: Poller,
    private readonly egress: Egress,
  ) {}

  /** The queues must be connected. */
  onApplicationBootstrap(): void {
    this.schedules.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.poller.stop();
    await this.schedules.stop();
  }

  onApplicationShutdown(): void {
    this.egress.close();
  }
}
