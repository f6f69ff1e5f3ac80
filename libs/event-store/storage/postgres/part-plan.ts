const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** A part of a table: what is of `fromMs` on and before `toMs`. */
export interface Part {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Times that there are parts for: what is not of them cannot be stored. About the years 1970 to 2100. */
export const EARLIEST_MS = 0;
export const LATEST_MS = 130 * 365 * DAY_MS;

/** So many parts at the least are kept at a time: what is forgotten goes part by part. */
const MIN_PARTS = 30;
const WIDTHS_MS = [30 * DAY_MS, 7 * DAY_MS, DAY_MS, 6 * HOUR_MS];
/** For all that is long past or far ahead: whatever times are sent, there are not many parts. */
const WIDE_MS = 365 * DAY_MS;
/** So many narrow ones, back from now: those who send old times make no more than these, and a few wide ones. */
const NARROW_PARTS_BACK = 62;
const NARROW_AHEAD_MS = 2 * DAY_MS;

/** How much time goes into one part when records are kept for so long; undefined: for ever. */
export const partWidthMs = (keptMs: number | undefined): number =>
  WIDTHS_MS.find((width) => (keptMs ?? Infinity) / width >= MIN_PARTS) ?? HOUR_MS;

export const holds = ({ fromMs, toMs }: Part, timeMs: number): boolean => fromMs <= timeMs && timeMs < toMs;

/**
 * The part to make for a time that none of `parts` holds: narrow for recent times, wide for others, and less where narrow
 * ones or other parts begin or end.
 */
export function planPart(atMs: number, nowMs: number, widthMs: number, parts: readonly Part[]): Part {
  const narrowFromMs = floorTo(nowMs, widthMs) - NARROW_PARTS_BACK * widthMs;
  const narrowToMs = floorTo(nowMs + NARROW_AHEAD_MS, widthMs) + widthMs;
  const isNarrow = narrowFromMs <= atMs && atMs < narrowToMs;
  const startMs = floorTo(atMs, isNarrow ? widthMs : WIDE_MS);
  const edges = [narrowFromMs, narrowToMs, ...parts.flatMap(({ fromMs, toMs }) => [fromMs, toMs])];
  return {
    fromMs: edges.reduce((from, edge) => (edge <= atMs && edge > from ? edge : from), startMs),
    toMs: edges.reduce(
      (to, edge) => (edge > atMs && edge < to ? edge : to),
      startMs + (isNarrow ? widthMs : WIDE_MS),
    ),
  };
}

const floorTo = (ms: number, widthMs: number): number => Math.floor(ms / widthMs) * widthMs;
