import { z } from 'zod';

/** A moment in stored state. Bounded, because beyond it there is no date that a message could name. */
export const momentMs = z.number().min(-8.64e15).max(8.64e15);

/** Like samples in a row without a break: when the first and the latest of them were. */
export const run = z.object({ firstMs: momentMs, lastMs: momentMs });
export type Run = z.infer<typeof run>;

/**
 * The run with one more sample. It begins anew when too much time between two samples was not watched (longer than the
 * window, or than `maxGapMs` if that is longer), and when a clock stepped back, which says nothing about covered time.
 */
export function extendRun(before: Run | null, atMs: number, windowMs: number, maxGapMs: number): Run {
  const gapMs = before === null ? Infinity : atMs - before.lastMs;
  const isContinued = before !== null && gapMs >= 0 && gapMs <= Math.max(windowMs, maxGapMs);
  return { firstMs: isContinued ? before.firstMs : atMs, lastMs: atMs };
}

/** Whether the run goes on for at least a window. */
export const covers = ({ firstMs, lastMs }: Run, windowMs: number): boolean => lastMs - firstMs >= windowMs;
