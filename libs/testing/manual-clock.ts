import type { Clock } from '../domain/index.js';

/** A clock that stands still until a test moves it. Starts at 2026-01-01T00:00:00Z unless told otherwise. */
export class ManualClock implements Clock {
  #nowMs: number;

  constructor(start: Date | string = '2026-01-01T00:00:00Z') {
    this.#nowMs = new Date(start).getTime();
  }

  now(): Date {
    return new Date(this.#nowMs);
  }

  /** Moves the clock; a negative distance steps it back. */
  advance(durationMs: number): void {
    this.#nowMs += durationMs;
  }

  set(time: Date | string): void {
    this.#nowMs = new Date(time).getTime();
  }
}
