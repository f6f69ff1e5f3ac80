import { metricMatcher, type Clock } from '../domain/index.js';
import type { StreamIntake } from '../delivery/index.js';
import type { Logger, Metrics } from '../observability/index.js';
import type { Database, StreamInterestStore } from '../persistence/index.js';
import { MetricScrape, type ScrapeNews } from './metric-scrape.js';
import type { WatchedCluster } from './watched-clusters.js';

/** A project that has just got its first integration on metrics waits no longer than this. */
const PROJECTS_KNOWN_FOR_MS = 5_000;

type Interest = Pick<StreamInterestStore, 'projectsWantingMetrics' | 'wantedMetrics'>;

/**
 * Begins to take metrics from the answers of a round, where anybody wants any. Where nobody does it costs nothing but
 * one query for all clusters every five seconds.
 */
export class MetricScrapes {
  #projects: { readonly ids: Promise<ReadonlySet<string>>; readonly sinceMs: number } | undefined;
  /** Nodes that have more series than are taken; one line in the log for each. */
  readonly #crowded = new Set<string>();

  constructor(
    private readonly database: Database,
    private readonly interest: Interest,
    private readonly intake: StreamIntake,
    private readonly clock: Clock,
    private readonly logger: Logger,
    private readonly metrics: Metrics,
  ) {}

  /** Undefined when nobody wants metrics of the cluster. Never throws: detection goes on without. */
  async begin(cluster: WatchedCluster): Promise<MetricScrape | undefined> {
    const { id: clusterId, projectId } = cluster;
    try {
      if (!(await this.projects()).has(projectId)) return undefined;
      const extra = await this.interest.wantedMetrics(this.database, projectId, clusterId);
      if (extra === undefined) return undefined;
      return new MetricScrape(cluster, metricMatcher(extra), this.intake, (news) =>
        this.tell(clusterId, news),
      );
    } catch (error) {
      this.logger.warn({ event: 'metrics.interest_unknown', clusterId, error: textOf(error) });
      return undefined;
    }
  }

  private projects(): Promise<ReadonlySet<string>> {
    const nowMs = this.clock.now().getTime();
    const known = this.#projects;
    if (known !== undefined && Math.abs(nowMs - known.sinceMs) < PROJECTS_KNOWN_FOR_MS) return known.ids;
    const ids = this.interest.projectsWantingMetrics(this.database);
    this.#projects = { ids, sinceMs: nowMs };
    ids.catch(() => {
      this.#projects = undefined;
    });
    return ids;
  }

  private tell(clusterId: string, { accepted, lost, leftOut, failure, crowded, roomy }: ScrapeNews): void {
    this.metrics.metricSamples.inc({ result: 'accepted' }, accepted);
    this.metrics.metricSamples.inc({ result: 'lost' }, lost);
    this.metrics.metricSamples.inc({ result: 'left-out' }, leftOut);
    if (failure !== undefined)
      this.logger.warn({ event: 'metrics.lost', clusterId, samples: lost, error: textOf(failure) });
    for (const address of roomy) this.#crowded.delete(`${clusterId} ${address}`);
    for (const address of crowded) {
      if (this.#crowded.has(`${clusterId} ${address}`)) continue;
      this.#crowded.add(`${clusterId} ${address}`);
      this.logger.warn({ event: 'metrics.left_out', clusterId, address, samples: leftOut });
    }
  }
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
