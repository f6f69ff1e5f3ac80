import type { Clock } from '../../domain/index.js';
import type { Database, StreamEntryStore, StreamStretch } from '../../persistence/index.js';
import type { Packing } from '../../sinks/index.js';
import { Lanes, type LaneParts, type LaneRun, type LanesEnd } from './lanes.js';
import type { StreamBounds } from './stream-bounds.js';
import { StretchReader } from './stretch-reader.js';
import { freshOf, missingIn } from './stretch.js';

/** A cursor goes on for so long, in milliseconds; then others have their turn. */
const TURN_MS = 2_000;
/** So many times more is read when a whole window has nothing to send yet. */
const MAX_WIDENING = 8;

export interface TurnParts extends LaneParts {
  readonly database: Database;
  readonly entries: StreamEntryStore;
  readonly bounds: StreamBounds;
  readonly clock: Clock;
}

/** What is left when a cursor's turn is over. */
export interface TurnEnd extends LanesEnd {
  /** When what waits in the sink's packing is due. */
  readonly waitUntil: Date | undefined;
  readonly hasCaughtUp: boolean;
}

/** A cursor's turn: read → pack → send, stretch by stretch, until there is nothing more, something goes wrong, or its time is over. */
export class StreamTurn {
  constructor(
    private readonly parts: TurnParts,
    private readonly of: Omit<LaneRun, 'stretch'>,
  ) {}

  /** Throws `CursorLost`, and whatever else a lane throws. */
  async take(): Promise<TurnEnd> {
    const { database, entries, bounds } = this.parts;
    const { integration, holder, signal } = this.of;
    const reader = new StretchReader(database, entries, bounds, holder.cursor.streamId);
    const end = performance.now() + TURN_MS;
    let widening = 1;
    for (;;) {
      const stretch = await reader.next(holder.place, widening);
      reader.readOn(stretch);
      const before = holder.place;
      const packing = await this.pack(stretch);
      const lanes = new Lanes(this.parts, { ...this.of, stretch });
      const ended = await lanes.send(packing.parcels);
      const isStuck = holder.place.position === before.position && ended.waitMs === null;
      // A replay has moved it back meanwhile: with what is remembered from there on, the next claim goes on.
      if (holder.place.position < before.position)
        return { ...ended, waitMs: ended.waitMs ?? 0, waitUntil: undefined, hasCaughtUp: false };
      const hasCaughtUp = stretch.isAll && ended.waitMs === null;
      const isOver = hasCaughtUp || ended.waitMs !== null || signal.aborted;
      if (isOver || performance.now() >= end || (isStuck && widening >= MAX_WIDENING)) {
        return { ...ended, waitUntil: packing.waitUntil, hasCaughtUp };
      }
      // It was only a probe: whether the rest may go, the next claim finds out.
      if (integration.health === 'failing') return { ...ended, waitMs: 0, waitUntil: undefined, hasCaughtUp };
      widening = isStuck ? widening * 2 : 1;
    }
  }

  /** Settles what needs no call, and hands back what does. */
  private async pack(stretch: StreamStretch): Promise<Packing> {
    const { line, holder } = this.of;
    const { cursor } = holder;
    const missing = missingIn(holder.place, stretch);
    if (missing.length > 0) await holder.settle([{ seqs: missing, end: 'expired' }], undefined, stretch);
    const packing = line.pack({
      place: { clusterId: cursor.isRegistered ? cursor.cluster : null, clusterName: cursor.clusterName },
      entries: freshOf(holder.place, stretch),
      memory: holder.memory,
      now: this.parts.clock.now(),
      isAll: stretch.isAll,
    });
    for (const settled of packing.settled) await holder.settle([settled], settled.memory, stretch);
    return packing;
  }
}
