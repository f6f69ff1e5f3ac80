import type { Logger } from '../../observability/index.js';
import type { LogKey } from '../../persistence/index.js';
import { LogFeed, type FeedParts } from './log-feed.js';

/**
 * Sees whether the logs that somebody follows have grown, whoever has written to them: one question to the database for
 * all of them together, every now and then and whenever something was stored by this process.
 */
export class FeedWatch {
  private readonly feeds = new Map<string, LogFeed>();
  private readonly followers = new Map<LogFeed, number>();
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | undefined;
  private mustLookAgain = false;

  constructor(
    private readonly parts: FeedParts,
    private readonly logger: Logger,
  ) {}

  /** The feed of a log, up to date; undefined when the project has no such cluster. It is kept until it is let go of. */
  async take(key: LogKey): Promise<LogFeed | undefined> {
    const { database, heads, bounds } = this.parts;
    const { isKnown, head } = await heads.find(database, key);
    if (!isKnown) return undefined;
    const name = nameOf(key);
    const feed = this.feeds.get(name) ?? new LogFeed(this.parts, key, head);
    feed.grow(head);
    this.feeds.set(name, feed);
    this.followers.set(feed, (this.followers.get(feed) ?? 0) + 1);
    this.timer ??= setInterval(() => this.look(), bounds.pollMs);
    return feed;
  }

  /** Once for each time it was taken. */
  letGo(feed: LogFeed): void {
    const left = (this.followers.get(feed) ?? 1) - 1;
    if (left > 0) return void this.followers.set(feed, left);
    this.followers.delete(feed);
    this.feeds.delete(nameOf(feed.key));
    if (this.feeds.size === 0) this.rest();
  }

  /** Looks now, and once more when that was asked for meanwhile. */
  look(): void {
    if (this.feeds.size === 0) return;
    this.mustLookAgain = this.looking !== undefined;
    this.looking ??= this.lookOnce().finally(() => {
      this.looking = undefined;
      if (this.mustLookAgain) this.look();
    });
  }

  /** Resolves when nothing is asked any more. */
  async stop(): Promise<void> {
    this.rest();
    this.feeds.clear();
    await this.looking;
  }

  private rest(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private async lookOnce(): Promise<void> {
    const feeds = [...this.feeds.values()];
    try {
      const keys = feeds.map(({ key }) => key);
      const heads = await this.parts.heads.heads(this.parts.database, keys);
      for (const [index, feed] of feeds.entries()) feed.grow(heads[index]);
    } catch (error) {
      // The next look may succeed; nobody misses anything.
      this.logger.warn({ event: 'log.tails.not.watched', error: String(error) });
    }
  }
}

const nameOf = ({ projectId, cluster }: LogKey): string => JSON.stringify([projectId, cluster]);
