/** How long a NATS receiver waits, in milliseconds. */
export interface NatsTiming {
  /** Before the first try to connect again, and the longest; it doubles with each failure. */
  readonly reconnectMs: Backoff;
  /** The same before the next try to store. */
  readonly storeAgainMs: Backoff;
  /** Between two lines of log about the same trouble. */
  readonly repeatedAfterMs: number;
  /** At the end: for what is on its way, and for what waits to be stored. */
  readonly drainMs: number;
  readonly graceMs: number;
}

export interface Backoff {
  readonly base: number;
  readonly cap: number;
}

export const NATS_TIMING: NatsTiming = {
  reconnectMs: { base: 250, cap: 15_000 },
  storeAgainMs: { base: 100, cap: 5_000 },
  repeatedAfterMs: 60_000,
  drainMs: 2_000,
  graceMs: 20_000,
};

/** Before the try after the n-th failure in a row, counted from 1: half of it is chance, so that many do not come together. */
export const backoffMs = (failures: number, { base, cap }: Backoff): number =>
  (0.5 + 0.5 * Math.random()) * Math.min(cap, base * 2 ** Math.min(failures - 1, 20));
