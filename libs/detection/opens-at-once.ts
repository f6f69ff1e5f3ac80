import { z } from 'zod';
import type { NodeDetector, NodeLook, Transition } from './detector.js';
import { covers, extendRun, momentMs, run, type Run } from './run.js';
import type { DetectorSetting } from './setting.js';
import { formatMoment, formatWindow } from './wording.js';

/** A figure of a node at one time, held against its threshold. */
export interface Level {
  readonly atMs: number;
  /** Above, exactly at or below the threshold as 1, 0, -1. */
  readonly position: number;
  /** A sentence with node, cluster and figure. Asked for only when there is something to say. */
  readonly figures: () => string;
}

interface Definition {
  readonly kind: string;
  readonly settings: AtOnceSettings;
  readonly offBecause?: (look: NodeLook) => string | undefined;
  readonly blindBecause: (look: NodeLook) => string | undefined;
  /** Undefined when the look does not tell. */
  readonly levelOf: (look: NodeLook, threshold: number) => Level | undefined;
  /** The threshold in words: `90 %`. */
  readonly limitOf: (threshold: number) => string;
  readonly advice: string;
}

interface AtOnceSettings extends Readonly<Record<string, DetectorSetting>> {
  readonly threshold: DetectorSetting;
  readonly closeWindowMs: DetectorSetting;
}

const atOnceState = z.object({
  /** The open issue: since when, and the samples below the threshold without a break that lead to its end. */
  open: z.object({ sinceMs: momentMs, below: run.nullable() }).nullable(),
});
type AtOnceState = z.infer<typeof atOnceState>;
type Open = NonNullable<AtOnceState['open']>;

const initial: AtOnceState = { open: null };

/**
 * A rule that opens at the first known sample above the threshold, and closes when all known samples of the close
 * window are below and the window is really covered: the first of them is at least a window old, and no gap between two
 * is longer than the window or the permitted gap. A sample exactly at the threshold is neither above nor below: it
 * opens nothing, and the close window begins anew after it. Unknown figures are no samples.
 */
export const opensAtOnce = (definition: Definition): NodeDetector<AtOnceState, AtOnceSettings> => ({
  kind: definition.kind,
  scope: 'node',
  reads: 'host',
  settings: definition.settings,
  initial,
  restore: (json) => atOnceState.safeParse(json).data ?? initial,
  ...(definition.offBecause && { offBecause: definition.offBecause }),
  blindBecause: definition.blindBecause,
  evaluate(state, look, { threshold, closeWindowMs, maxGapMs }) {
    const level = definition.levelOf(look, threshold);
    if (level === undefined) return { state, transitions: [] };
    const { atMs, position } = level;
    if (state.open === null && position <= 0) return { state, transitions: [] };

    const { sinceMs, below: belowBefore } = state.open ?? { sinceMs: atMs, below: null };
    const below = position < 0 ? extendRun(belowBefore, atMs, closeWindowMs, maxGapMs) : null;
    const open: Open = { sinceMs, below };
    const isOver = below !== null && covers(below, closeWindowMs);
    const standing = isOver
      ? describeEnd(below, sinceMs, definition.limitOf(threshold))
      : `${describeStanding(open, position, definition.limitOf(threshold), closeWindowMs)} ${definition.advice}`;
    const transition: Transition = {
      event: isOver ? 'closed' : 'open',
      severity: 'warning',
      message: `${level.figures()} ${standing}`,
      nodeId: look.node.id,
      time: new Date(atMs),
    };
    return { state: isOver ? initial : { open }, transitions: [transition] };
  },
});

const describeEnd = (below: Run, sinceMs: number, limit: string): string =>
  `It has stayed below the threshold of ${limit} since ${formatMoment(below.firstMs)}; ` +
  `it had first exceeded it at ${formatMoment(sinceMs)}.`;

function describeStanding(
  { sinceMs, below }: Open,
  position: number,
  limit: string,
  windowMs: number,
): string {
  const first = `first exceeded at ${formatMoment(sinceMs)}`;
  if (position > 0) return `That is above the threshold of ${limit}, ${first}.`;
  if (below === null) return `That is exactly at the threshold of ${limit}, ${first}.`;
  return (
    `That is below the threshold of ${limit} again, since ${formatMoment(below.firstMs)}; ` +
    `the issue closes when it stays so for ${formatWindow(windowMs)}. The threshold was ${first}.`
  );
}
