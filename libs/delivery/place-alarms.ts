import type { DueDelivery } from '../persistence/index.js';
import type { Wakeups } from './wakeups.js';

/** What waits longer is left to the sweeper, in milliseconds. */
const WOKEN_WITHIN_MS = 10 * 60_000;
/** The other clock may be so much behind, and who comes too early finds nothing due. */
const LATER_MS = 1;

interface Alarm {
  readonly due: DueDelivery;
  /** On the clock of `performance.now()`. */
  readonly at: number;
}

interface Line {
  readonly alarms: Map<string, Alarm>;
  timer: NodeJS.Timeout | undefined;
  rings: number;
}

/** Wakes those who wait for a place in a line, each when it has come. However many wait, an integration has one timer. */
export class PlaceAlarms {
  private readonly lines = new Map<string, Line>();

  constructor(private readonly wakeups: Pick<Wakeups, 'wake'>) {}

  /** Wakes it after this time, and not at the one that was set for it before. */
  set(due: DueDelivery, afterMs: number): void {
    if (afterMs > WOKEN_WITHIN_MS) return;
    const line = this.lineOf(due.integrationId);
    const at = performance.now() + Math.max(0, afterMs) + LATER_MS;
    line.alarms.set(due.id, { due, at });
    if (at < line.rings) this.wind(due.integrationId, line, at);
  }

  private ring(integrationId: string, line: Line): void {
    const now = performance.now();
    const come = [...line.alarms.values()].filter(({ at }) => at <= now);
    for (const { due } of come) line.alarms.delete(due.id);
    if (line.alarms.size === 0) this.lines.delete(integrationId);
    else this.wind(integrationId, line, Math.min(...[...line.alarms.values()].map(({ at }) => at)));
    if (come.length > 0)
      void this.wakeups.wake(
        come.map(({ due }) => due),
        'place.',
      );
  }

  private wind(integrationId: string, line: Line, at: number): void {
    clearTimeout(line.timer);
    line.rings = at;
    line.timer = setTimeout(
      () => this.ring(integrationId, line),
      Math.max(1, Math.ceil(at - performance.now())),
    );
    line.timer.unref();
  }

  private lineOf(integrationId: string): Line {
    let line = this.lines.get(integrationId);
    if (!line) {
      line = { alarms: new Map(), timer: undefined, rings: Number.POSITIVE_INFINITY };
      this.lines.set(integrationId, line);
    }
    return line;
  }
}
