import { Inject, Injectable } from '@nestjs/common';
import { StreamIntake, type StreamBatch } from '../../delivery/index.js';
import { CLOCK, metricMatcher, type Clock } from '../../domain/index.js';
import { Metrics } from '../../observability/index.js';
import { ClusterStore, Database, StreamInterestStore, StreamStore } from '../../persistence/index.js';
import { ExtendedProblem } from '../../rest/index.js';
import { EventNotifier, type PendingNotifications } from '../hub/rules/event-notifier.service.js';
import { ProjectStats } from '../hub/query/project-stats.js';
import { LineProtocolError } from '../line-protocol/index.js';
import type { ClusterLines } from './cluster-lines.js';
import { entryOfMetric, type MetricLine } from './metric-lines.js';
import { NO_CLUSTER, type OtherKind } from '../record/index.js';
import { readLines, type SortedLines } from './sorted-lines.js';

/** Takes in line protocol. */
@Injectable()
export class LinesService {
  constructor(
    private readonly intake: StreamIntake,
    private readonly database: Database,
    private readonly clusters: ClusterStore,
    private readonly streams: StreamStore,
    private readonly interest: StreamInterestStore,
    private readonly metrics: Metrics,
    private readonly notifier: EventNotifier,
    private readonly stats: ProjectStats,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Stores every line of a body, or none. When it resolves they are durable. Throws a 400 with the place of the first line
   * that cannot be read, and what the intake throws.
   */
  async write(projectId: string, body: Buffer, defaultCluster: string | undefined): Promise<void> {
    const lines = this.sorted(projectId, body, defaultCluster);
    const batches: StreamBatch[] = [];
    for (const [cluster, of] of lines.clusters) {
      if (of.entries.length > 0) batches.push({ projectId, source: 'logs', cluster, entries: of.entries });
      const wanted = await this.wanted(projectId, cluster, of);
      lines.dropped.metric += of.metrics.length - wanted.length;
      if (wanted.length > 0)
        batches.push({ projectId, source: 'metrics', cluster, entries: wanted.map(entryOfMetric) });
    }
    // Before anything is stored: when it fails, the sender may send all of it again.
    await this.noteCores(projectId, lines);
    const pending = await this.notifier.lookAt(projectId, lines.clusters);
    // While the entries wait for their turn they are all that is kept: the points take three times as much memory.
    for (const { events } of lines.clusters.values()) events.length = 0;
    await this.store(projectId, batches, pending);
    for (const [kind, count] of Object.entries(lines.dropped) as [OtherKind, number][])
      if (count > 0) this.metrics.pointsDropped.inc({ kind }, count);
  }

  private async store(
    projectId: string,
    batches: readonly StreamBatch[],
    pending: PendingNotifications | undefined,
  ): Promise<void> {
    if (batches.length === 0) return;
    const stats = this.stats.of(projectId);
    try {
      await this.intake.append(batches, pending && ((tx) => pending.raise(tx)));
    } catch (error) {
      stats.count('manager.errors', 'write_failed');
      throw error;
    }
    pending?.committed();
    const count = batches.reduce((sum, { entries }) => sum + entries.length, 0);
    stats.count('manager.status', 'processed', count);
    stats.count('manager.status', 'write_batch');
    stats.count('backend.status', 'writes', count);
  }

  private sorted(projectId: string, body: Buffer, defaultCluster: string | undefined): SortedLines {
    try {
      return readLines(body, this.clock.now().getTime(), defaultCluster);
    } catch (error) {
      if (!(error instanceof LineProtocolError)) throw error;
      this.stats.of(projectId).count('manager.errors', 'unreadable_lines');
      if (error.reason === NO_CLUSTER)
        this.stats.of(projectId).count('backend.errors', 'write_no_cluster_tag');
      throw unreadable(error);
    }
  }

  private async wanted(projectId: string, cluster: string, { metrics }: ClusterLines): Promise<MetricLine[]> {
    if (metrics.length === 0) return [];
    const registered = await this.streams.registered(this.database, projectId, cluster);
    const extra = await this.interest.wantedMetrics(this.database, projectId, registered ?? cluster);
    if (extra === undefined) return [];
    const isWanted = metricMatcher(extra);
    return metrics.filter(({ series }) => isWanted(series.name));
  }

  private async noteCores(projectId: string, { clusters }: SortedLines): Promise<void> {
    for (const [cluster, { cores }] of clusters)
      for (const [host, count] of cores)
        await this.clusters.reportCores(this.database, projectId, cluster, host, count);
  }
}

/** With the member `error`, which is where senders of line protocol look. */
function unreadable({ message, reason }: LineProtocolError): ExtendedProblem {
  const fields = { [reason === NO_CLUSTER ? 'cluster' : 'body']: message };
  return new ExtendedProblem(400, 'Bad Request', message, { error: message }, {}, fields);
}
