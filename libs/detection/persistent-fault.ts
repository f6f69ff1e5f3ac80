import { z } from 'zod';
import { covers, extendRun, momentMs, run } from './run.js';

/** What is remembered by rules of which one part of many must be faulty throughout a window. */
export const persistentFault = z.object({
  /** By the part's key: looks at which it was faulty, without one in between at which it was not. */
  faulty: z.record(z.string(), run),
  /** The open issue, and the looks after its opening at which every part was sound. */
  open: z.object({ sinceMs: momentMs, sound: run.nullable() }).nullable(),
});
export type PersistentFault = z.infer<typeof persistentFault>;

export const NO_FAULT: PersistentFault = { faulty: {}, open: null };

/** One part in one look; undefined when the look does not tell. */
export interface PartSample {
  readonly key: string;
  readonly isFaulty: boolean | undefined;
}

/** What is to be said after a look; `sinceMs` is when the fault that opened the issue began. */
export type FaultVerdict =
  | { readonly event: 'open'; readonly sinceMs: number; readonly faultySinceMs: ReadonlyMap<string, number> }
  /** Nothing is faulty any more; it closes at `closesMs` if that stays so. */
  | { readonly event: 'open'; readonly sinceMs: number; readonly closesMs: number }
  | { readonly event: 'closed'; readonly sinceMs: number };

/**
 * Opens when one part was faulty at all looks of a covered window that tell of it. Closes when all parts were sound at
 * all looks of another covered window, the first of them after the opening. A look with no fault that does not tell of
 * every part counts neither way: then nothing is said. `parts` are all there are; what is remembered of others is dropped.
 */
export function stepFault(
  before: PersistentFault,
  parts: readonly PartSample[],
  atMs: number,
  { windowMs, maxGapMs }: { readonly windowMs: number; readonly maxGapMs: number },
): { readonly state: PersistentFault; readonly verdict?: FaultVerdict } {
  const faulty: PersistentFault['faulty'] = {};
  for (const { key, isFaulty } of parts) {
    const past = before.faulty[key];
    if (isFaulty === true) faulty[key] = extendRun(past ?? null, atMs, windowMs, maxGapMs);
    else if (isFaulty === undefined && past !== undefined) faulty[key] = past;
  }
  const now = parts.flatMap(({ key, isFaulty }) => {
    const itsRun = isFaulty === true ? faulty[key] : undefined;
    return itsRun === undefined ? [] : [{ key, itsRun }];
  });
  if (now.length > 0) {
    const lasting = now.filter(({ itsRun }) => covers(itsRun, windowMs));
    if (before.open === null && lasting.length === 0) return { state: { faulty, open: null } };
    const sinceMs = before.open?.sinceMs ?? Math.min(...lasting.map(({ itsRun }) => itsRun.firstMs));
    const faultySinceMs = new Map(now.map(({ key, itsRun }) => [key, itsRun.firstMs]));
    const state = { faulty, open: { sinceMs, sound: null } };
    return { state, verdict: { event: 'open', sinceMs, faultySinceMs } };
  }
  const isUnknown = parts.some(({ isFaulty }) => isFaulty === undefined);
  if (before.open === null || isUnknown) return { state: { faulty, open: before.open } };

  const { sinceMs } = before.open;
  const sound = extendRun(before.open.sound, atMs, windowMs, maxGapMs);
  if (covers(sound, windowMs))
    return { state: { faulty, open: null }, verdict: { event: 'closed', sinceMs } };
  const closesMs = sound.firstMs + windowMs;
  return { state: { faulty, open: { sinceMs, sound } }, verdict: { event: 'open', sinceMs, closesMs } };
}
