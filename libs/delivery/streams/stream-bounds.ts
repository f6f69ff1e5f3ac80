/** How much of streams one process holds at once. */
export interface StreamBounds {
  /** Stretches that are read and sent side by side. */
  readonly windows: number;
  /** Entries of one stretch. */
  readonly limit: number;
  /** Text of one stretch, in bytes. */
  readonly maxBytes: number;
}

/** What of a stretch's text is in memory at the same time: as read, as packed, as sent, and the next one as read. */
const COPIES = 5;
const MIN_BYTES = 1_048_576;
const MAX_WINDOWS = 8;
const LIMIT = 8_000;

/** Bounds that keep within so many MiB. */
export function streamBounds(memoryMiB: number): StreamBounds {
  const bytes = (memoryMiB * 1_048_576) / COPIES;
  const windows = Math.max(1, Math.min(MAX_WINDOWS, Math.floor(bytes / MIN_BYTES)));
  return { windows, limit: LIMIT, maxBytes: Math.floor(bytes / windows) };
}
