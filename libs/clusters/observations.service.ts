import { Inject, Injectable } from '@nestjs/common';
import { ROUNDS, type KeptLook, type RecordedLook, type Round } from '../detection/index.js';
import { CLOCK, notFound, type Clock } from '../domain/index.js';
import { LOGGER, type Logger } from '../observability/index.js';
import {
  ClusterStore,
  Database,
  ObservationStore,
  type KeptObservation,
  type ObservationRange,
} from '../persistence/index.js';
import { pageOf } from '../rest/index.js';
import { cursorOf, placeAfter, rangeOf, type ObservationQuery } from './observations.schema.js';

/** Rounds read at once for a stream: a look at the largest cluster has some hundred kilobytes. */
const STREAM_PAGE = 50;

/** What was seen of a cluster, in the form that `npm run replay` reads. */
@Injectable()
export class ObservationsService {
  constructor(
    private readonly database: Database,
    private readonly clusters: ClusterStore,
    private readonly store: ObservationStore,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** One page, oldest first. Throws 404 when the cluster is not of this project. */
  async page(projectId: string, clusterId: string, query: ObservationQuery) {
    const range = await this.rangeOf(projectId, clusterId, query);
    const place = { limit: query.limit + 1, after: placeAfter(query.after) };
    const rows = await this.store.page(this.database, range, place);
    const { items, next } = pageOf(rows, query.limit, cursorOf);
    return { observations: items.map(recordedLookOf), next };
  }

  /**
   * All of the range as JSON lines, read from the database as fast as they are taken. The first rows are read before it
   * resolves, so that failures until then are answered as such; later ones cut the answer off, and are logged.
   */
  async lines(projectId: string, clusterId: string, query: ObservationQuery): Promise<AsyncIterable<string>> {
    const range = await this.rangeOf(projectId, clusterId, query);
    const place = { limit: STREAM_PAGE, after: placeAfter(query.after) };
    return this.follow(range, await this.store.page(this.database, range, place));
  }

  private async *follow(range: ObservationRange, first: KeptObservation[]): AsyncGenerator<string> {
    for (let rows = first; ;) {
      for (const row of rows) yield `${JSON.stringify(recordedLookOf(row))}\n`;
      const last = rows.at(-1);
      if (last === undefined || rows.length < STREAM_PAGE) return;
      rows = await this.nextRows(range, last);
    }
  }

  /** The answer has begun: only the log can still say why it ends too soon. */
  private async nextRows(range: ObservationRange, after: KeptObservation): Promise<KeptObservation[]> {
    try {
      return await this.store.page(this.database, range, { limit: STREAM_PAGE, after });
    } catch (error) {
      const { clusterId } = range;
      const reason = error instanceof Error ? error.message : typeof error;
      const details = {
        event: 'observations.export_failed',
        clusterId,
        after: after.at.toISOString(),
        reason,
      };
      this.logger.error(details, 'an export of observations was cut off');
      throw error;
    }
  }

  private async rangeOf(
    projectId: string,
    clusterId: string,
    query: ObservationQuery,
  ): Promise<ObservationRange> {
    if (!(await this.clusters.exists(this.database, projectId, clusterId))) throw notFound('cluster');
    const rounds = query.round === undefined ? ROUNDS : [query.round];
    return { clusterId, rounds, ...rangeOf(query, this.clock.now()) };
  }
}

function recordedLookOf({ clusterId, round, at, look }: KeptObservation): RecordedLook {
  return { clusterId, round: round as Round, at: at.toISOString(), ...(look as KeptLook) };
}
