import { Inject, Injectable } from '@nestjs/common';
import { StreamIntake, type StreamBatch } from '../../delivery/index.js';
import { CLOCK, metricMatcher, type Clock } from '../../domain/index.js';
import { Metrics } from '../../observability/index.js';
import { ClusterStore, Database, StreamInterestStore, StreamStore } from '../../persistence/index.js';
import { ExtendedProblem } from '../../rest/index.js';
import { forEachPoint, LineProtocolError } from '../line-protocol/index.js';
import { entryOfMetric, type MetricLine } from './metric-lines.js';
import { NO_CLUSTER, SortedLines, type ClusterLines, type DroppedKind } from './sorted-lines.js';

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
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Stores every line of a body, or none. When it resolves they are durable. Throws a 400 with the place of the first line
   * that cannot be read, and what the intake throws.
   */
  async write(projectId: string, body: Buffer, defaultCluster: string | undefined): Promise<void> {
    const lines = this.sorted(body, defaultCluster);
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
    if (batches.length > 0) await this.intake.append(batches);
    for (const [kind, count] of Object.entries(lines.dropped) as [DroppedKind, number][])
      if (count > 0) this.metrics.pointsDropped.inc({ kind }, count);
  }

  private sorted(body: Buffer, defaultCluster: string | undefined): SortedLines {
    const nowMs = this.clock.now().getTime();
    const lines = new SortedLines(nowMs, defaultCluster);
    try {
      forEachPoint(body, { nowMs }, (point) => lines.take(point));
    } catch (error) {
      throw error instanceof LineProtocolError ? unreadable(error) : error;
    }
    return lines;
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
