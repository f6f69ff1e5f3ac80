import { Readable } from 'node:stream';
import type { StreamEntry } from '../../domain/index.js';
import type { Logger } from '../../observability/index.js';
import type { StreamHead } from '../../persistence/index.js';
import type { FeedPlace, LogFeed } from './log-feed.js';
import type { TailBounds } from './tail-bounds.js';
import { endEvent, gapEvent, greeting, heartbeat, logEvent, type TailEnd } from './tail-events.js';

export interface TailParts {
  readonly feed: LogFeed;
  /** It begins with what comes after that. */
  readonly place: FeedPlace;
  readonly isWanted: (line: StreamEntry) => boolean;
  /** Whether whoever reads may still do so. */
  readonly mayStay: () => Promise<boolean>;
  readonly bounds: TailBounds;
  readonly logger: Logger;
}

/** The text of one live tail. Nothing is read from the database before there is room for it on the way to the reader. */
export class LogTail extends Readable {
  private place: FeedPlace;
  private isGreeted = false;
  /** Lines that were passed over, and not told of. */
  private missing = 0;
  private end: TailEnd | undefined;
  private isOver = false;
  private wake: (() => void) | undefined;
  private readonly unfollow: () => void;
  private saidAt = performance.now();
  private checkedAt = performance.now();

  constructor(private readonly parts: TailParts) {
    super({ highWaterMark: 65_536 });
    this.place = parts.place;
    this.unfollow = parts.feed.follow(() => this.wake?.());
  }

  /** Says why, and ends. */
  finish(end: TailEnd): void {
    this.end ??= end;
    this.wake?.();
  }

  override _read(): void {
    this.next().then(
      (text) => this.say(text),
      (error: unknown) => {
        this.parts.logger.warn({ event: 'log.tail.failed', error: String(error) });
        // What the next one finds is for whoever comes back to see.
        this.isOver = true;
        this.say(endEvent('failed'));
      },
    );
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.unfollow();
    this.wake?.();
    callback(error);
  }

  private say(text: string | null): void {
    this.saidAt = performance.now();
    if (!this.destroyed) this.push(text);
  }

  /** The next piece; null when it is over. */
  private async next(): Promise<string | null> {
    if (!this.isGreeted) {
      this.isGreeted = true;
      return greeting(this.place.seq);
    }
    const { feed, bounds, mayStay } = this.parts;
    while (!this.isOver && !this.destroyed) {
      if (performance.now() - this.checkedAt >= bounds.heartbeatMs) {
        if (!(await mayStay())) this.end ??= 'unauthorized';
        this.checkedAt = performance.now();
      }
      if (this.end) {
        this.isOver = true;
        return endEvent(this.end);
      }
      const { head } = feed;
      const text = head && head.seq > this.place.seq ? await this.readOn(head) : await this.idle();
      if (text !== '') return text;
      if (performance.now() - this.saidAt >= bounds.heartbeatMs) return heartbeat(this.place.seq);
    }
    return null;
  }

  /** The next lines that are wanted, with how many are missing before them. Empty when there are none among what was read. */
  private async readOn(head: StreamHead): Promise<string> {
    const { feed, bounds, isWanted } = this.parts;
    if (head.seq - this.place.seq > bounds.maxBehind) {
      const place = await feed.placeAfter(head.seq - bounds.keptLines);
      this.missing += place.seq - this.place.seq;
      this.place = place;
    }
    const { entries, acceptedMs, endSeq } = await feed.read(this.place);
    // What is not there was forgotten.
    this.missing += endSeq - this.place.seq - entries.length;
    const isRead = entries.length > 0 || endSeq >= head.seq;
    let text = this.missing > 0 && isRead ? this.gap((entries[0]?.seq ?? endSeq + 1) - 1) : '';
    for (const [index, line] of entries.entries())
      if (isWanted(line)) text += logEvent({ ...line, acceptedMs: acceptedMs[index]! });
    this.place = { seq: endSeq, acceptedMs: acceptedMs.at(-1) ?? this.place.acceptedMs };
    return text;
  }

  private gap(seq: number): string {
    const count = this.missing;
    this.missing = 0;
    return gapEvent(count, seq);
  }

  /** Resolves when there may be something to do. */
  private async idle(): Promise<string> {
    const now = performance.now();
    const dueAt = Math.min(this.saidAt, this.checkedAt) + this.parts.bounds.heartbeatMs;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, Math.max(0, dueAt - now));
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.wake = undefined;
    return '';
  }
}
