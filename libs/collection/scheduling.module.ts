import { Global, Module } from '@nestjs/common';
import { ClusterObserver } from '../clusters/index.js';
import { SETTINGS_TOKEN, type Settings } from '../config/index.js';
import { DeliveryModule, Intake } from '../delivery/index.js';
import { CLOCK, type Clock } from '../domain/index.js';
import { SecretBox, SecretsModule } from '../identity/index.js';
import { LOGGER, type Logger } from '../observability/index.js';
import { ClusterStore, Database, DetectorStateStore, LogFileStore } from '../persistence/index.js';
import { Queues } from '../queues/index.js';
import { ClusterIssues } from './cluster-issues.js';
import { ClusterObservers } from './cluster-observers.js';
import { LOGS_QUEUE, type LogPollJob } from './log-poller.js';
import { LogSchedules } from './log-schedules.js';
import { COLLECTION_QUEUE, type PollJob } from './poll-job.js';
import { PollSchedules } from './poll-schedules.js';
import { WatchedClusters } from './watched-clusters.js';

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
    {
      provide: LogSchedules,
      inject: [Queues, WatchedClusters, Database, SETTINGS_TOKEN, CLOCK, LOGGER],
      useFactory: (
        queues: Queues,
        clusters: WatchedClusters,
        database: Database,
        { SPILLWAY_LOGS_INTERVAL: everyMs }: Settings,
        clock: Clock,
        logger: Logger,
      ) => {
        const queue = queues.define<LogPollJob>(LOGS_QUEUE);
        return new LogSchedules(queue, clusters, database, new LogFileStore(), everyMs, clock, logger);
      },
    },
    {
      provide: ClusterObserver,
      inject: [PollSchedules, LogSchedules],
      useFactory: (rounds: PollSchedules, logs: LogSchedules) => new ClusterObservers([rounds, logs]),
    },
  ],
  exports: [ClusterObserver, WatchedClusters, ClusterIssues, PollSchedules, LogSchedules],
})
export class SchedulingModule {}
