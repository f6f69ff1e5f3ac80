/** A number in [0, 1), as `Math.random` gives; tests pass their own. */
export type Random = () => number;

const BASE_MS = 1_000;
const CAP_MS = 5 * 60_000;

/**
 * How long to wait after the n-th failure in a row (counted from 1), in milliseconds: full jitter between
 * 1 s and 1 s · 2ⁿ, at most 5 min, so that many deliveries that failed together do not come back together.
 */
export function backoffMs(failures: number, random: Random): number {
  const ceiling = Math.min(CAP_MS, BASE_MS * 2 ** Math.min(failures, 20));
  return Math.round(BASE_MS + random() * (ceiling - BASE_MS));
}

const PROBE_BASE_MS = 60_000;
const PROBE_CAP_MS = 60 * 60_000;

/** How long a failing integration is left alone before the n-th probe (counted from 1): 1 min, doubling, at most 1 h. */
export function probeDelayMs(probe: number): number {
  return Math.min(PROBE_CAP_MS, PROBE_BASE_MS * 2 ** Math.min(probe - 1, 10));
}
