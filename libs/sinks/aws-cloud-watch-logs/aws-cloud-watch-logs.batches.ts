/** What a batch is cut by. */
export interface Sized {
  readonly timeMs: number;
  /** UTF-8 of its message. */
  readonly bytes: number;
}

/** Of one batch. Whatever is within them stays within them when something is left out. */
export interface BatchLimits {
  readonly maxBytes: number;
  readonly overheadBytes: number;
  readonly maxCount: number;
  readonly maxSpanMs: number;
}

/** Of one PutLogEvents: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html, read 2026-11-20. */
export const BATCH_LIMITS: BatchLimits = {
  maxBytes: 1_048_576,
  /** Counted for every event beside its message. */
  overheadBytes: 26,
  maxCount: 10_000,
  maxSpanMs: 24 * 60 * 60_000,
};

/**
 * Cuts a sequence into batches, none empty, none beyond a limit, each sorted by time, ties in their order. Every batch is of
 * items that follow one another, and takes as many as it can: as a part of a batch is never over a limit that the whole keeps,
 * fewer batches of consecutive items there cannot be. No single item may be over the limits.
 */
export function cutBatches<Item extends Sized>(
  items: readonly Item[],
  { maxBytes, overheadBytes, maxCount, maxSpanMs }: BatchLimits = BATCH_LIMITS,
): Item[][] {
  const batches: Item[][] = [];
  let start = 0;
  let bytes = 0;
  let oldestMs = Infinity;
  let newestMs = -Infinity;
  for (const [index, item] of items.entries()) {
    const cost = item.bytes + overheadBytes;
    oldestMs = Math.min(oldestMs, item.timeMs);
    newestMs = Math.max(newestMs, item.timeMs);
    bytes += cost;
    if (index === start) continue;
    if (bytes <= maxBytes && index - start < maxCount && newestMs - oldestMs <= maxSpanMs) continue;
    batches.push(items.slice(start, index));
    start = index;
    bytes = cost;
    oldestMs = newestMs = item.timeMs;
  }
  if (start < items.length) batches.push(items.slice(start));
  return batches.map((batch) => batch.toSorted((one, other) => one.timeMs - other.timeMs));
}
