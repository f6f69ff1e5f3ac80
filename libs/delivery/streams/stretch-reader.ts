import type { CursorPlace, Database, StreamEntryStore, StreamStretch } from '../../persistence/index.js';
import type { StreamBounds } from './stream-bounds.js';

interface Ahead {
  readonly position: number;
  readonly reading: Promise<StreamStretch>;
}

/** Reads a stream stretch by stretch; while one is being sent, the next one already. */
export class StretchReader {
  private ahead: Ahead | undefined;

  constructor(
    private readonly database: Database,
    private readonly entries: StreamEntryStore,
    private readonly bounds: StreamBounds,
    private readonly streamId: number,
  ) {}

  /** What comes after a place; so many times more than usual when that was not enough to send anything. */
  next({ position, positionMs }: CursorPlace, widening: number): Promise<StreamStretch> {
    const { ahead } = this;
    this.ahead = undefined;
    if (ahead?.position === position && widening === 1) return ahead.reading;
    return this.read(position, positionMs, widening);
  }

  /** Begins with what comes after this stretch, if there is anything. */
  readOn({ isAll, endSeq, acceptedMs }: StreamStretch): void {
    const lastMs = acceptedMs.at(-1);
    if (isAll || lastMs === undefined) return;
    const reading = this.read(endSeq, lastMs, 1);
    // Whoever asks for it gets the error; it may be that nobody does.
    reading.catch(() => undefined);
    this.ahead = { position: endSeq, reading };
  }

  private read(seq: number, acceptedMs: number, widening: number): Promise<StreamStretch> {
    const { limit, maxBytes } = this.bounds;
    return this.entries.after(
      this.database,
      this.streamId,
      { seq, acceptedMs },
      { limit: limit * widening, maxBytes: maxBytes * widening },
    );
  }
}
