import type { Database, StreamPart, StreamPartStore, Transaction } from '../../persistence/index.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** So many parts at the least are kept at a time: what is forgotten goes part by part. */
const MIN_PARTS = 30;
const WIDTHS_MS = [30 * DAY_MS, 7 * DAY_MS, DAY_MS, 6 * HOUR_MS];

/** How much time goes into one part when entries are kept for so long. */
export const partWidthMs = (keptMs: number): number =>
  WIDTHS_MS.find((width) => keptMs / width >= MIN_PARTS) ?? HOUR_MS;

/** Sees to it that there is a part of the store for what is accepted now. */
export class StreamParts {
  private readonly widthMs: number;
  /** Those that are known to be there; none is dropped while anything for it may come. */
  private known: StreamPart[] = [];

  constructor(
    private readonly database: Database,
    private readonly store: StreamPartStore,
    keptMs: number,
  ) {
    this.widthMs = partWidthMs(keptMs);
  }

  /** Makes the part for that moment if need be. Every stream's row that the transaction needs must be locked by now. */
  async cover(tx: Transaction, atMs: number): Promise<void> {
    if (this.known.some(({ fromMs, toMs }) => fromMs <= atMs && atMs < toMs)) return;
    const part = await this.store.make(tx, atMs, this.widthMs);
    // Not remembered before it is committed: the next transaction looks for itself.
    this.known = (await this.store.list(this.database)).slice(-MIN_PARTS);
    if (!this.known.some(({ fromMs }) => fromMs === part.fromMs)) this.known = [];
  }

  /** Makes the parts that will be needed next, so that nobody has to wait for them. */
  async prepare(now: Date): Promise<void> {
    const atMs = now.getTime();
    for (const ms of [atMs, atMs + this.widthMs])
      await this.database.transaction((tx) => this.store.make(tx, ms, this.widthMs));
  }
}
