const DAY_MS = 24 * 60 * 60_000;
const OFFSET = /^GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/;

/** The clock on the wall in one time zone. What it shows is given as a date whose UTC members are those of the wall. */
export class WallClock {
  private readonly format: Intl.DateTimeFormat;

  /** Throws a `RangeError` for a zone that is not known. */
  constructor(timeZone: string) {
    this.format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
  }

  /** Milliseconds by which the wall is before UTC. */
  offsetAt(instant: Date): number {
    const name = this.format.formatToParts(instant).find(({ type }) => type === 'timeZoneName')?.value ?? '';
    const [, sign, hours, minutes, seconds] = OFFSET.exec(name) ?? [];
    const total = (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60 + Number(seconds ?? 0);
    return (sign === '-' ? -total : total) * 1_000;
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
