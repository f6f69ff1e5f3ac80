import type { Clock } from '../domain/index.js';
import type { Logger } from '../observability/index.js';
import type { LogFileStore, Database } from '../persistence/index.js';
import type { JobQueue } from '../queues/index.js';
import { InStep } from './in-step.js';
import type { LogPollJob } from './log-poller.js';
import { phaseOf } from './poll-schedules.js';
import type { WatchedClusters } from './watched-clusters.js';

/**
 * A schedule in the queue for every cluster whose logs are polled, and none for others; kept in step with the database
 * as those of the rounds are, at start, at every change, and every 30 seconds.
 */
export class LogSchedules {
  private readonly inStep: InStep;

  constructor(
    private readonly queue: JobQueue<LogPollJob>,
    private readonly clusters: Pick<WatchedClusters, 'load' | 'listLogPolledIds'>,
    private readonly database: Database,
    private readonly files: Pick<LogFileStore, 'forget'>,
    private readonly everyMs: number,
    private readonly clock: Clock,
    logger: Logger,
  ) {
    this.inStep = new InStep((how) => this.reconcile(how), logger, 'log_schedules.failed');
  }

  /** To be called after a change of a cluster is committed. Never throws: what fails here is done within 30 seconds. */
  async clusterChanged(clusterId: string): Promise<void> {
    await this.inStep.attempt(async () => {
      const cluster = await this.clusters.load(clusterId);
      if (cluster?.pollsLogs !== true) return this.queue.unschedule(clusterId);
      await this.schedule(clusterId);
      await this.queue.wake(clusterId, { clusterId });
    });
  }

  /** Sets all schedules, because the interval may have changed since the last start, and then keeps them in step. */
  start(): void {
    this.inStep.start();
  }

  /** Resolves when nothing is being done any more. Schedules stay: other processes go on. */
  stop(): Promise<void> {
    return this.inStep.stop();
  }

  /** Adds what is missing, takes out what is too many, and forgets positions in files that are not polled any more. */
  async reconcile({ renewAll = false } = {}): Promise<void> {
    // In this order: a cluster that is added in between is wanted and not yet present, never the reverse.
    const present = new Set(await this.queue.schedules());
    const wanted = new Set(await this.clusters.listLogPolledIds());
    for (const id of wanted) {
      if (this.inStep.isStopping) return;
      if (renewAll || !present.has(id)) await this.schedule(id);
    }
    for (const id of present) if (!wanted.has(id)) await this.queue.unschedule(id);
    await this.files.forget(this.database, this.clock.now());
  }

  private schedule(clusterId: string): Promise<void> {
    const { everyMs } = this;
    const phaseMs = phaseOf(clusterId, 'gossip', { gossip: everyMs, host: everyMs });
    return this.queue.schedule(clusterId, everyMs, phaseMs, { clusterId });
  }
}
