import type {
  Database,
  LogHeadStore,
  LogKey,
  StreamEntryStore,
  StreamHead,
  StreamStretch,
} from '../../persistence/index.js';
import type { TailBounds } from './tail-bounds.js';

/** A place in a log in the order of its numbers: what is after it was accepted then or later. */
export interface FeedPlace {
  readonly seq: number;
  readonly acceptedMs: number;
}

const BEGINNING: FeedPlace = { seq: 0, acceptedMs: 0 };

export interface FeedParts {
  readonly database: Database;
  readonly heads: LogHeadStore;
  readonly entries: StreamEntryStore;
  readonly bounds: TailBounds;
}

/** Batches that are kept for others who are at the same place. */
const KEPT_BATCHES = 4;

/** The growing end of one log, shared by all who follow it in this process. */
export class LogFeed {
  private readonly listeners = new Set<() => void>();
  private readonly batches = new Map<number, Promise<StreamStretch>>();

  constructor(
    private readonly parts: FeedParts,
    readonly key: LogKey,
    private current: StreamHead | undefined,
  ) {}

  /** Undefined until it has begun. */
  get head(): StreamHead | undefined {
    return this.current;
  }

  /** Calls whenever the log has grown. Returns how to stop that. */
  follow(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  grow(head: StreamHead | undefined): void {
    if (!head || head.seq <= (this.current?.seq ?? 0)) return;
    this.current = head;
    for (const listener of this.listeners) listener();
  }

  /** The place right after a number; one that is beyond the end is the end. */
  async placeAfter(seq: number): Promise<FeedPlace> {
    const { current: head } = this;
    if (!head || seq <= 0) return BEGINNING;
    if (seq >= head.seq) return head;
    const { database, heads } = this.parts;
    return { seq, acceptedMs: (await heads.acceptedMsOf(database, head.streamId, seq)) ?? 0 };
  }

  /** What comes after a place, up to some number. Whoever reads from the same place gets the same. */
  read(place: FeedPlace): Promise<StreamStretch> {
    const { current, batches } = this;
    if (!current) throw new Error('The log has not begun');
    const present = batches.get(place.seq);
    if (present) return present;
    const { database, entries, bounds } = this.parts;
    const batch = entries.after(database, current.streamId, place, bounds.batch);
    batches.set(place.seq, batch);
    const [oldest] = batches.keys();
    if (batches.size > KEPT_BATCHES) batches.delete(oldest!);
    const forget = (): void => {
      if (batches.get(place.seq) === batch) batches.delete(place.seq);
    };
    // What was empty may grow, and what failed may succeed.
    batch.then(({ entries: { length } }) => (length === 0 ? forget() : undefined), forget);
    return batch;
  }
}
