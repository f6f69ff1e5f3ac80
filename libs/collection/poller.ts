import type { ClusterLook, DetectionDefaults, Round } from '../detection/index.js';
import type { Clock } from '../domain/index.js';
import type { Egress } from '../egress/index.js';
import type { Logger, Metrics } from '../observability/index.js';
import type { JobQueue } from '../queues/index.js';
import type { RoundEvaluator } from './evaluate.js';
import type { MetricScrapes } from './metric-scrapes.js';
import { jobId, type PollJob } from './poll-job.js';
import { pollRound } from './poll-round.js';
import type { ReportedTransition } from './report.js';
import { followerLagMs } from './second-question.js';
import { Slots } from './slots.js';
import type { WatchedCluster, WatchedClusters } from './watched-clusters.js';

export interface PollerOptions {
  readonly defaults: DetectionDefaults;
  /** Of each question to a node; default 5 s. */
  readonly timeoutMs?: number | undefined;
}

/**
 * Clusters that are being asked at once in one process, which bounds what it holds of answers. Rounds that wait for the
 * second question, or for the database, take no slot.
 */
const ASKED_AT_ONCE = 64;
/** Nodes that are well answer in a fraction of that. One that never does holds nothing, and delays no other cluster. */
const SLOW_AFTER_MS = 1_000;

/** One round of one cluster from the first question to the committed issue events: what a job of the queue does. */
export class Poller {
  readonly #stopping = new AbortController();
  readonly #slots = new Slots(ASKED_AT_ONCE, SLOW_AFTER_MS);
  /** Rounds that are being polled; `again` when they were wanted once more meanwhile. */
  readonly #running = new Map<string, { again: boolean }>();

  /** Clusters whose credentials could not be opened; one line in the log for each. */
  readonly #warned = new Set<string>();

  constructor(
    private readonly clusters: Pick<WatchedClusters, 'load'>,
    private readonly evaluator: Pick<RoundEvaluator, 'evaluate'>,
    private readonly egress: Pick<Egress, 'get'>,
    private readonly scrapes: Pick<MetricScrapes, 'begin'>,
    private readonly queue: Pick<JobQueue<PollJob>, 'wakeLater'>,
    private readonly clock: Clock,
    private readonly logger: Logger,
    private readonly metrics: Metrics,
    private readonly options: PollerOptions,
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

  /** Gives up what is being asked or waited for, without judging it, and asks nothing more. */
  stop(): void {
    this.#stopping.abort();
  }

  private async pollOnce(clusterId: string, round: Round): Promise<void> {
    const { signal } = this.#stopping;
    const cluster = await this.clusters.load(clusterId);
    if (cluster === undefined) return;
    this.warnOfKey(cluster);
    const { egress, clock } = this;
    const { defaults, timeoutMs } = this.options;
    const lagMs = followerLagMs(defaults, cluster.detection);
    const scrape = round === 'host' ? await this.scrapes.begin(cluster) : undefined;
    const look = await pollRound(cluster, round, {
      overhear: scrape?.overhear,
      egress,
      clock,
      signal,
      timeoutMs,
      lagMs,
      slots: this.#slots,
    });
    // Questions that were given up by us say nothing of the nodes.
    if (signal.aborted) return;
    this.count(look);
    const { reported, lookAgainAfterMs } = await this.evaluator.evaluate(cluster, round, look);
    for (const transition of reported) this.log(clusterId, transition);
    await scrape?.store(look);
    if (lookAgainAfterMs === undefined) return;
    // It counts from the round's beginning, and the round may have taken long.
    const delayMs = Math.max(1, look.at.getTime() + lookAgainAfterMs - clock.now().getTime());
    await this.queue.wakeLater(jobId(clusterId, round), { clusterId, round }, delayMs);
  }

  private warnOfKey({ id: clusterId, credentials }: WatchedCluster): void {
    if (credentials !== 'unreadable') this.#warned.delete(clusterId);
    else if (!this.#warned.has(clusterId)) {
      this.#warned.add(clusterId);
      const reason = 'this process has another SPILLWAY_SECRET_KEY than they were stored with';
      this.logger.warn({ event: 'cluster.credentials_unreadable', clusterId, reason });
    }
  }

  private count({ nodes }: ClusterLook): void {
    for (const { observations } of nodes) {
      for (const [name, { ok, ...rest }] of Object.entries(observations)) {
        const endpoint = name === 'laterSelf' ? 'gossip' : name;
        const result = ok ? 'ok' : 'code' in rest ? String(rest.code) : 'failed';
        this.metrics.polls.inc({ endpoint, result });
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
