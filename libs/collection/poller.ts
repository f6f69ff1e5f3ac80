import type { ClusterLook, Round } from '../detection/index.js';
import type { Clock } from '../domain/index.js';
import type { Egress } from '../egress/index.js';
import type { Logger, Metrics } from '../observability/index.js';
import type { JobQueue } from '../queues/index.js';
import type { ReportedTransition, RoundEvaluator } from './evaluate.js';
import { jobId, type PollJob } from './poll-job.js';
import { pollRound } from './poll-round.js';
import type { WatchedClusters } from './watched-clusters.js';

/** One round of one cluster from the first question to the committed issue events: what a job of the queue does. */
export class Poller {
  readonly #stopping = new AbortController();
  /** Rounds that are being polled; `again` when they were wanted once more meanwhile. */
  readonly #running = new Map<string, { again: boolean }>();

  constructor(
    private readonly clusters: Pick<WatchedClusters, 'load' | 'recordObservations'>,
    private readonly evaluator: Pick<RoundEvaluator, 'evaluate'>,
    private readonly egress: Pick<Egress, 'get'>,
    private readonly queue: Pick<JobQueue<PollJob>, 'wakeLater'>,
    private readonly clock: Clock,
    private readonly logger: Logger,
    private readonly metrics: Metrics,
    private readonly timeoutMs?: number,
  ) {}

  /**
   * Does nothing for a cluster that was removed. A round that is wanted while it is running follows when that has ended.
   * Throws when the database or the queue fails; nodes never make it throw.
   */
  async pollCluster(clusterId: string, round: Round): Promise<void> {
    const id = jobId(clusterId, round);
    const running = this.#running.get(id);
    if (running !== undefined) {
      running.again = true;
      return;
    }
    const state = { again: true };
    this.#running.set(id, state);
    try {
      while (state.again && !this.#stopping.signal.aborted) {
        state.again = false;
        await this.pollOnce(clusterId, round);
      }
    } finally {
      this.#running.delete(id);
    }
  }

  /** Gives up what is being asked, without judging it, and asks nothing more. */
  stop(): void {
    this.#stopping.abort();
  }

  private async pollOnce(clusterId: string, round: Round): Promise<void> {
    const { signal } = this.#stopping;
    const cluster = await this.clusters.load(clusterId);
    if (cluster === undefined) return;
    const { egress, clock, timeoutMs } = this;
    const look = await pollRound(cluster, round, { egress, clock, signal, timeoutMs });
    // Questions that were given up by us say nothing of the nodes.
    if (signal.aborted) return;
    this.count(look);
    await this.clusters.recordObservations(
      clusterId,
      Object.fromEntries(look.nodes.map(({ node, observations }) => [node.id, { ...observations }])),
    );
    const { reported, lookAgainAfterMs } = await this.evaluator.evaluate(cluster, round, look);
    for (const transition of reported) this.log(clusterId, transition);
    if (lookAgainAfterMs === undefined) return;
    await this.queue.wakeLater(jobId(clusterId, round), { clusterId, round }, lookAgainAfterMs);
  }

  private count({ nodes }: ClusterLook): void {
    for (const { observations } of nodes) {
      for (const [endpoint, { ok, ...rest }] of Object.entries(observations)) {
        this.metrics.polls.inc({
          endpoint,
          result: ok ? 'ok' : 'code' in rest ? String(rest.code) : 'failed',
        });
      }
    }
  }

  private log(clusterId: string, { event, seq, kind, issueId, nodeId, severity }: ReportedTransition): void {
    const details = { clusterId, nodeId, kind, issueId, severity };
    if (event === 'open' && seq === 1) this.logger.info({ event: 'issue.opened', ...details });
    else if (event === 'closed' && seq !== undefined) this.logger.info({ event: 'issue.closed', ...details });
    else this.logger.debug({ event: 'issue.observed', ...details });
  }
}
