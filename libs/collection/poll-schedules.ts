import { createHash } from 'node:crypto';
import type { Round } from '../detection/index.js';
import type { Logger } from '../observability/index.js';
import type { JobQueue } from '../queues/index.js';
import type { ClusterIssues } from './cluster-issues.js';
import { InStep } from './in-step.js';
import { jobsOf, type PollJob } from './poll-job.js';
import type { WatchedClusters } from './watched-clusters.js';

/** How often each round is polled, in milliseconds. */
export type PollIntervals = Readonly<Record<Round, number>>;

/**
 * Two schedules in the queue for every watched cluster, and none for others: the queue is brought in step with the
 * database at start, at every change, and every 30 seconds.
 */
export class PollSchedules {
  private readonly inStep: InStep;

  constructor(
    private readonly queue: JobQueue<PollJob>,
    private readonly clusters: Pick<WatchedClusters, 'load' | 'listIds'>,
    private readonly issues: Pick<ClusterIssues, 'closeLeftovers'>,
    private readonly intervals: PollIntervals,
    logger: Logger,
  ) {
    this.inStep = new InStep((how) => this.reconcile(how), logger, 'schedules.failed');
  }

  /**
   * To be called after a cluster was added, changed or removed and that is committed. Polls it at once under its new
   * configuration, and closes the issues of what was removed. Never throws: what fails here is done within 30 seconds.
   */
  async clusterChanged(clusterId: string): Promise<void> {
    await this.inStep.attempt(async () => {
      const isWatched = (await this.clusters.load(clusterId)) !== undefined;
      for (const job of jobsOf(clusterId)) {
        if (!isWatched) await this.queue.unschedule(job.id);
        else {
          await this.schedule(job);
          await this.queue.wake(job.id, { clusterId, round: job.round });
        }
      }
      await this.issues.closeLeftovers(clusterId);
    });
  }

  /**
   * Sets all schedules, because intervals may have changed since the last start, and then keeps them in step. Does not
   * wait for that: an app with thousands of clusters is there before all of them are scheduled.
   */
  start(): void {
    this.inStep.start();
  }

  /** Resolves when nothing is being done any more. Schedules stay: other processes go on. */
  stop(): Promise<void> {
    return this.inStep.stop();
  }

  /** Adds what is missing, takes out what is too many; with `renewAll` also sets again what is there. */
  async reconcile({ renewAll = false } = {}): Promise<void> {
    // In this order: a cluster that is added in between is wanted and not yet present, never the reverse.
    const present = new Set(await this.queue.schedules());
    const wanted = new Map((await this.clusters.listIds()).flatMap(jobsOf).map((job) => [job.id, job]));
    for (const job of wanted.values()) {
      if (this.inStep.isStopping) return;
      if (renewAll || !present.has(job.id)) await this.schedule(job);
    }
    for (const id of present) if (!wanted.has(id)) await this.queue.unschedule(id);
    await this.issues.closeLeftovers();
  }

  private schedule({ id, clusterId, round }: PollJob & { readonly id: string }): Promise<void> {
    const phaseMs = phaseOf(clusterId, round, this.intervals);
    return this.queue.schedule(id, this.intervals[round], phaseMs, { clusterId, round });
  }
}

/**
 * Clusters have their turns spread evenly, also when all of them are scheduled in one moment; and a cluster's two rounds
 * fall between each other, so that one connection to each node does for both.
 */
export function phaseOf(clusterId: string, round: Round, { gossip, host }: PollIntervals): number {
  const share = createHash('md5').update(clusterId).digest().readUInt32BE() / 2 ** 32;
  const gossipPhaseMs = share * gossip;
  return round === 'gossip' ? gossipPhaseMs : (gossipPhaseMs + host / 2) % host;
}
