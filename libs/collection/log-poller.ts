import { IntakeFull, type StreamIntake } from '../delivery/index.js';
import { Places, type Clock } from '../domain/index.js';
import type { Egress } from '../egress/index.js';
import type { Logger, Metrics } from '../observability/index.js';
import type { Database, LogFileStore } from '../persistence/index.js';
import { LogQuestions, LogsUnavailable } from './log-questions.js';
import { NodeLogs } from './node-logs.js';
import { Slots } from './slots.js';
import type { WatchedCluster, WatchedClusters } from './watched-clusters.js';

/** Name of the queue of polls of log files. */
export const LOGS_QUEUE = 'collection.logs';

/** The log files of a cluster are due. */
export interface LogPollJob {
  readonly clusterId: string;
}

/** Nodes that are asked for a list at once in one process. */
const ASKED_AT_ONCE = 64;
/** One that only lets us wait holds nothing. */
const SLOW_AFTER_MS = 1_000;

type PolledNode = WatchedCluster['nodes'][number];

/** Reads on in the log files of all nodes of a cluster: what a job of the queue does. */
export class LogPoller {
  readonly #stopping = new AbortController();
  readonly #slots = new Slots(ASKED_AT_ONCE, SLOW_AFTER_MS);
  /** Clusters that are being read: another wake-up would only ask for what is being read. */
  readonly #running = new Set<string>();

  constructor(
    private readonly clusters: Pick<WatchedClusters, 'load'>,
    private readonly database: Database,
    private readonly files: LogFileStore,
    private readonly intake: StreamIntake,
    private readonly egress: Pick<Egress, 'get'>,
    private readonly clock: Clock,
    private readonly logger: Logger,
    private readonly metrics: Metrics,
  ) {}

  /**
   * Does nothing for a cluster that was removed or whose logs are not polled. What a node does is shown at its cluster
   * and never makes it throw; it throws when the database fails, after all nodes have had their turn.
   */
  async pollCluster(clusterId: string): Promise<void> {
    if (this.#running.has(clusterId) || this.#stopping.signal.aborted) return;
    this.#running.add(clusterId);
    try {
      const cluster = await this.clusters.load(clusterId);
      if (cluster?.pollsLogs !== true) return;
      const turn = new Places(1);
      const polls = cluster.nodes.map((node) => this.pollNode(cluster, node, turn));
      const failed = (await Promise.allSettled(polls)).find((poll) => poll.status === 'rejected');
      if (failed !== undefined) throw failed.reason;
    } finally {
      this.#running.delete(clusterId);
    }
  }

  /** Gives up what is being asked, without a word about it, and asks nothing more. */
  stop(): void {
    this.#stopping.abort();
  }

  private async pollNode(cluster: WatchedCluster, node: PolledNode, turn: Places): Promise<void> {
    const { signal } = this.#stopping;
    const logs = this.logsOf(cluster, node, turn);
    try {
      await logs.poll();
      await this.report(cluster.id, node, null);
    } catch (error) {
      // Questions that were given up by us say nothing of the node; what there is no room for stays in its file.
      if (signal.aborted || error instanceof IntakeFull) return;
      if (!(error instanceof LogsUnavailable)) throw error;
      await this.report(cluster.id, node, error);
    } finally {
      this.metrics.logLines.inc(logs.lines);
    }
  }

  private logsOf({ id: clusterId, projectId, ...cluster }: WatchedCluster, node: PolledNode, turn: Places) {
    const { database, files, intake, clock, egress } = this;
    const { caCertificate: ca, servername, insecure } = cluster.tls;
    const { signal } = this.#stopping;
    const { credentials } = cluster;
    const context = { egress, tls: { ca, servername, insecure }, credentials, signal };
    const parts = { database, files, intake, clock, slots: this.#slots, turn };
    const questions = new LogQuestions(node.address, context);
    return new NodeLogs({ projectId, clusterId, nodeId: node.id }, questions, parts);
  }

  private async report(
    clusterId: string,
    { id: nodeId, address }: PolledNode,
    failure: LogsUnavailable | null,
  ): Promise<void> {
    const hasChanged = await this.files.report(this.database, nodeId, failure, this.clock.now());
    if (!hasChanged) return;
    const details = { clusterId, nodeId, node: URL.parse(address)?.host };
    if (failure === null) this.logger.info({ event: 'logs.reading', ...details });
    else
      this.logger.warn({ event: 'logs.unavailable', ...details, code: failure.code, reason: failure.reason });
  }
}
