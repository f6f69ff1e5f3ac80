/** How long the courier waits, in milliseconds. */
export interface Patience {
  /** The ceiling after the first failure; it doubles with each. */
  readonly baseMs: number;
  readonly capMs: number;
  /** Between tries that only a change by somebody can help. */
  readonly slowMs: number;
}

export const PATIENCE: Patience = { baseMs: 500, capMs: 30_000, slowMs: 30_000 };

/** Before the try after the n-th failure in a row, counted from 1: full jitter, so that agents do not come back together. */
export const retryDelayMs = (failures: number, { baseMs, capMs }: Patience, random: () => number): number =>
  Math.round((0.1 + 0.9 * random()) * Math.min(capMs, baseMs * 2 ** Math.min(failures - 1, 20)));
