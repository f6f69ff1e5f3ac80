import { Problem } from '../../domain/index.js';
import type { StreamIntake } from '../../delivery/index.js';
import type { LineFilter, LogKey } from '../../persistence/index.js';
import { ExtendedProblem } from '../../rest/index.js';
import { FeedWatch } from './feed-watch.js';
import { lineMatch } from './line-match.js';
import type { FeedPlace, LogFeed } from './log-feed.js';
import { LogTail, type TailParts } from './log-tail.js';
import type { TailBounds } from './tail-bounds.js';
import { unknownCluster } from './unknown-cluster.js';

/** What a reader is connected by. */
export interface TailConnection {
  readonly closed: Promise<void>;
  /** Ends it, whatever is still on its way. */
  cut(): void;
}

/** What is to be followed, and from where on. */
export interface TailRequest {
  readonly key: LogKey;
  readonly filter: LineFilter;
  /** Go on after the line of this number. */
  readonly after?: number | undefined;
  /** Or begin with the last so many. */
  readonly last?: number | undefined;
  readonly mayStay: TailParts['mayStay'];
  readonly connection: TailConnection;
}

export interface LogTailsParts {
  readonly watch: FeedWatch;
  readonly intake: StreamIntake;
  readonly bounds: TailBounds;
  readonly logger: TailParts['logger'];
}

const BUSY_SECONDS = 10;

/** The live tails of a process: at most so many. */
export class LogTails {
  /** Of whoever has a place: also of those that are just being opened. */
  private readonly requests = new Set<TailRequest>();
  private readonly tails = new Set<LogTail>();
  private readonly connections = new Set<TailConnection>();
  private readonly forgetIntake: () => void;
  private isStopped = false;

  constructor(private readonly parts: LogTailsParts) {
    this.forgetIntake = parts.intake.onStored(() => parts.watch.look());
  }

  /** How many have a place. */
  get count(): number {
    return this.requests.size;
  }

  /** Throws a 404 `Problem` when the project has no such cluster, a 429 or a 503 when there are too many tails. */
  async open(request: TailRequest): Promise<LogTail> {
    this.refuseTooMany(request);
    this.requests.add(request);
    const { watch } = this.parts;
    let feed: LogFeed | undefined;
    try {
      feed = await watch.take(request.key);
      if (!feed) throw unknownCluster();
      const place = await placeIn(feed, request);
      if (this.isStopped) throw unavailable('This hub is stopping.');
      return this.begin(feed, place, request);
    } catch (error) {
      if (feed) watch.letGo(feed);
      this.requests.delete(request);
      throw error;
    }
  }

  /** Tells every reader why, and ends; whoever has not read that in time is cut off. */
  async stop(): Promise<void> {
    this.isStopped = true;
    this.forgetIntake();
    for (const tail of this.tails) tail.finish('shutdown');
    const closed = [...this.connections].map((connection) => connection.closed);
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, this.parts.bounds.farewellMs);
    });
    await Promise.race([Promise.all(closed), patience]);
    clearTimeout(timer);
    for (const connection of this.connections) connection.cut();
    await this.parts.watch.stop();
  }

  private begin(feed: LogFeed, place: FeedPlace, request: TailRequest): LogTail {
    const { watch, bounds, logger } = this.parts;
    const { filter, mayStay, connection } = request;
    const tail = new LogTail({ feed, place, isWanted: lineMatch(filter), mayStay, bounds, logger });
    this.tails.add(tail);
    tail.once('close', () => {
      this.tails.delete(tail);
      this.requests.delete(request);
      watch.letGo(feed);
    });
    this.connections.add(connection);
    void connection.closed.then(() => this.connections.delete(connection));
    return tail;
  }

  private refuseTooMany({ key: { projectId } }: TailRequest): void {
    const { maxTails, maxPerProject } = this.parts.bounds;
    const ofProject = [...this.requests].filter(({ key }) => key.projectId === projectId).length;
    if (ofProject >= maxPerProject) {
      const detail = `This project has ${maxPerProject} live tails open already: close one of them first.`;
      const headers = { 'retry-after': String(BUSY_SECONDS) };
      throw new ExtendedProblem(429, 'Too Many Requests', detail, {}, headers);
    }
    if (this.isStopped || this.requests.size >= maxTails)
      throw unavailable('This hub has no room for another live tail at the moment.');
  }
}

function placeIn(feed: LogFeed, { after, last }: TailRequest): Promise<FeedPlace> {
  const end = feed.head?.seq ?? 0;
  if (after !== undefined) return feed.placeAfter(after);
  return feed.placeAfter(end - (last ?? 0));
}

const unavailable = (detail: string) => new Problem(503, 'Service Unavailable', detail);
