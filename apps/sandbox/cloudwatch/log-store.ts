/** Names a stream; members that are left out of a question match any. */
export interface StreamPlace {
  readonly accountId: string;
  readonly region: string;
}

export interface LogEvent {
  readonly timestamp: number;
  readonly message: string;
}

/** What one call brought; events are not copied, as there may be millions. */
interface AcceptedBatch {
  readonly events: readonly LogEvent[];
  readonly ingestionTime: number;
}

/** One stream, with what AWS took, in the order in which it took it. */
export class LogStream {
  readonly place: StreamPlace;
  readonly group: string;
  readonly name: string;
  readonly createdAt: number;
  readonly batches: AcceptedBatch[] = [];
  count = 0;
  /** UTF-8 of all messages. */
  messageBytes = 0;
  /** Events older than one that was taken before them. */
  outOfOrder = 0;
  firstTimestamp: number | undefined;
  /** The highest. */
  lastTimestamp: number | undefined;
  lastIngestionTime: number | undefined;

  constructor(place: StreamPlace, group: string, name: string, createdAt: number) {
    this.place = place;
    this.group = group;
    this.name = name;
    this.createdAt = createdAt;
  }

  /** All but the events. */
  get summary(): object {
    return { ...this, batches: undefined };
  }

  /** `events` are in chronological order. */
  accept(events: readonly LogEvent[], ingestionTime: number, keep: boolean): void {
    const [first] = events;
    const last = events.at(-1);
    if (!first || !last) return;
    const before = this.lastTimestamp ?? first.timestamp;
    for (const { timestamp, message } of events) {
      if (timestamp < before) this.outOfOrder += 1;
      this.messageBytes += Buffer.byteLength(message);
    }
    this.count += events.length;
    this.firstTimestamp = Math.min(this.firstTimestamp ?? first.timestamp, first.timestamp);
    this.lastTimestamp = Math.max(before, last.timestamp);
    this.lastIngestionTime = ingestionTime;
    if (keep) this.batches.push({ events, ingestionTime });
  }
}

const keyOf = ({ accountId, region }: StreamPlace, group: string, stream: string): string =>
  [accountId, region, group, stream].join('\n');

/** All log streams of all accounts. */
export class LogStore {
  /** Without events only counts are kept, for benches. */
  keepEvents = true;
  readonly #streams = new Map<string, LogStream>();

  /** Undefined when there is one of that name already. */
  create(place: StreamPlace, group: string, name: string, now: number): LogStream | undefined {
    const key = keyOf(place, group, name);
    if (this.#streams.has(key)) return undefined;
    const stream = new LogStream(place, group, name, now);
    this.#streams.set(key, stream);
    return stream;
  }

  find(place: StreamPlace, group: string, name: string): LogStream | undefined {
    return this.#streams.get(keyOf(place, group, name));
  }

  /** Of one group, or all, sorted by name. */
  streams(group?: string, place: Partial<StreamPlace> = {}): LogStream[] {
    return [...this.#streams.values()]
      .filter((stream) => group === undefined || stream.group === group)
      .filter(({ place: { region } }) => place.region === undefined || place.region === region)
      .filter(({ place: { accountId } }) => place.accountId === undefined || place.accountId === accountId)
      .toSorted((one, other) => (one.name < other.name ? -1 : 1));
  }

  /** What was accepted, in that order, from the `from`-th on. */
  events(
    group: string,
    stream: string,
    { from = 0, limit = Infinity, ...place }: Partial<StreamPlace> & { from?: number; limit?: number } = {},
  ): (LogEvent & { readonly ingestionTime: number })[] {
    const found: (LogEvent & { readonly ingestionTime: number })[] = [];
    let index = 0;
    for (const { batches, name } of this.streams(group, place)) {
      if (name !== stream) continue;
      for (const { events, ingestionTime } of batches) {
        const skipped = Math.max(0, from - index);
        index += events.length;
        if (skipped >= events.length) continue;
        for (const { timestamp, message } of events.slice(skipped, skipped + limit - found.length))
          found.push({ timestamp, message, ingestionTime });
        if (found.length >= limit) return found;
      }
    }
    return found;
  }

  clear(): void {
    this.#streams.clear();
    this.keepEvents = true;
  }
}
