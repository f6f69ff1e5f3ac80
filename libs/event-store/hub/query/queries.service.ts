import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS_TOKEN, type Settings } from '../../../config/index.js';
import { CLOCK, Places, Problem, type Clock } from '../../../domain/index.js';
import { Database, EventReadStore } from '../../../persistence/index.js';
import { ExtendedProblem } from '../../../rest/index.js';
import {
  answerQuery,
  BadQuery,
  readQueryRequest,
  type QueryBounds,
  type QueryRequest,
  type QueryResponse,
} from '../../query/index.js';
import type { StatsView } from '../../stats/index.js';
import { StorageUnavailable } from '../../storage/index.js';
import { goText, ProjectStats } from './project-stats.js';
import { StreamReader } from './stream-reader.js';

/** Answers that are put together at the same time: others need the database, too. */
const AT_ONCE = 3;
/** Of one project at the same time, and with those that wait: none takes all places for long. */
const AT_ONCE_OF_PROJECT = 2;
const MAX_OF_PROJECT = 10;
/** So many may wait for their turn, of all projects. */
const MAX_WAITING = 60;
/** An answer asks nothing more after so long, and no statement takes longer. */
const ENOUGH_MS = 5_000;
/** Less than a store's of its own: many share this process. */
const BOUNDS: QueryBounds = {
  maxBytes: 16 * 1_048_576,
  page: { limit: 2_000, maxBytes: 4 * 1_048_576 },
};

/** Answers queries on the events and log lines of projects, and says what was counted. */
@Injectable()
export class QueriesService {
  private readonly places = new Places(AT_ONCE);
  private waiting = 0;
  private readonly asked = new Map<string, { count: number; readonly places: Places }>();

  constructor(
    private readonly database: Database,
    private readonly store: EventReadStore,
    private readonly stats: ProjectStats,
    @Inject(SETTINGS_TOKEN) private readonly settings: Settings,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Throws a 400 with the member `error` for a body that is no query, a 403 when it asks for logs and `mayReadLogs` is
   * false, and a 503 when too many wait.
   */
  async answer(projectId: string, body: Buffer, mayReadLogs: boolean): Promise<QueryResponse> {
    const request = this.read(body);
    if (!mayReadLogs && request.queries.some(({ kind }) => kind === 'log')) throw logsAreNotTheirs();
    this.stats.of(projectId).count('manager.status', 'queries');
    try {
      return await this.inTurn(projectId, () => this.ask(projectId, request));
    } catch (error) {
      if (error instanceof BadQuery) throw badQuery(error);
      if (error instanceof StorageUnavailable) throw unavailable(error.message);
      throw error;
    }
  }

  async statistics(projectId: string): Promise<StatsView> {
    const stats = this.stats.of(projectId);
    stats.set('backend.status', 'active_tables', await this.store.streams(this.database, projectId));
    return stats.view({
      retention_time: goText(this.settings.SPILLWAY_RETENTION),
      flush_time: '0s',
      backend_type: 'postgres',
    });
  }

  private read(body: Buffer): QueryRequest {
    try {
      return readQueryRequest(body, this.clock.now().getTime());
    } catch (error) {
      throw error instanceof BadQuery ? badQuery(error) : error;
    }
  }

  private async inTurn<Answer>(projectId: string, ask: () => Promise<Answer>): Promise<Answer> {
    const mine = this.asked.get(projectId) ?? { count: 0, places: new Places(AT_ONCE_OF_PROJECT) };
    if (mine.count >= MAX_OF_PROJECT || this.waiting >= MAX_WAITING) throw tooMany();
    this.asked.set(projectId, mine);
    mine.count += 1;
    this.waiting += 1;
    await mine.places.take();
    await this.places.take();
    this.waiting -= 1;
    try {
      return await ask();
    } finally {
      this.places.giveBack();
      mine.places.giveBack();
      mine.count -= 1;
      if (mine.count === 0) this.asked.delete(projectId);
    }
  }

  private ask(projectId: string, request: QueryRequest): Promise<QueryResponse> {
    const stats = this.stats.of(projectId);
    return this.database.transaction(async (tx) => {
      await tx.query(`SET LOCAL statement_timeout = ${ENOUGH_MS}`);
      stats.count('backend.status', 'queries');
      const reader = new StreamReader({
        store: this.store,
        tx,
        projectId,
        deadlineMs: performance.now() + ENOUGH_MS,
        onFailure: () => stats.count('backend.errors', 'query_exec_failed'),
      });
      return answerQuery(request, reader, BOUNDS);
    });
  }
}

/** With the member `error`, which is where clients of the original look. */
const badQuery = ({ message }: BadQuery): ExtendedProblem =>
  new ExtendedProblem(400, 'Bad Request', message, { error: message }, {}, { body: message });

const unavailable = (message: string): ExtendedProblem =>
  new ExtendedProblem(503, 'Service Unavailable', message, { error: message }, { 'retry-after': '1' });

const tooMany = (): ExtendedProblem =>
  unavailable('More is asked at the moment than can be answered: ask again in a second.');

const logsAreNotTheirs = (): Problem =>
  new Problem(
    403,
    'Forbidden',
    'An ingest token reads events and no log lines: they are on every host, and logs are for people.',
  );
