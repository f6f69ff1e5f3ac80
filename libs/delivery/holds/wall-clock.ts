const DAY_MS = 24 * 60 * 60_000;
const OFFSET = /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/;
/** No zone has jumped further than this since 2012; around a jump the order of times on the wall may be another. */
export const JUMP_MS = 2 * 60 * 60_000;
/** Clocks that are kept: to make one takes longer than to read it. */
const KEPT = 1_000;

/** The clock on the wall in one time zone. What it shows is given as a date whose UTC members are those of the wall. */
export class WallClock {
  private static readonly kept = new Map<string, WallClock>();
  private readonly format: Intl.DateTimeFormat;

  /** The clock of a zone. Throws a `RangeError` for one that is not known. */
  static in(timeZone: string): WallClock {
    const kept = this.kept.get(timeZone);
    if (kept) return kept;
    const made = new WallClock(timeZone);
    if (this.kept.size >= KEPT) this.kept.delete(this.kept.keys().next().value!);
    this.kept.set(timeZone, made);
    return made;
  }

  /** Throws a `RangeError` for a zone that is not known. */
  constructor(timeZone: string) {
    this.format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
  }

  /** Milliseconds by which the wall is before UTC. */
  offsetAt(instant: Date): number {
    const [, sign, hours, minutes, seconds] = OFFSET.exec(this.format.format(instant)) ?? [];
    const total = (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60 + Number(seconds ?? 0);
    return (sign === '-' ? -total : total) * 1_000;
  }

  /** The offset at this instant when the clock is not changed anywhere near it; undefined when it is. */
  steadyOffsetAt(instant: Date): number | undefined {
    const before = this.offsetAt(new Date(instant.getTime() - JUMP_MS));
    return before === this.offsetAt(new Date(instant.getTime() + JUMP_MS)) ? before : undefined;
  }

  read(instant: Date): Date {
    return new Date(instant.getTime() + this.offsetAt(instant));
  }

  /** When the wall shows this: the first time, if it does so twice; if never, as much later as the clock was put forward. */
  instantOf(wall: Date): Date {
    const at = (offset: number): Date => new Date(wall.getTime() - offset);
    const before = this.offsetAt(new Date(wall.getTime() - DAY_MS));
    const after = this.offsetAt(new Date(wall.getTime() + DAY_MS));
    if (this.offsetAt(at(before)) === before) return at(before);
    return this.offsetAt(at(after)) === after ? at(after) : at(before);
  }
}
