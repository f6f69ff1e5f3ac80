import { isSettled, type StreamEntry } from '../../domain/index.js';
import type { CursorPlace, StreamStretch } from '../../persistence/index.js';

/** The entries of a stretch that are not settled yet. */
export const freshOf = (place: CursorPlace, { entries }: StreamStretch): readonly StreamEntry[] =>
  entries.filter(({ seq }) => !isSettled(place, seq));

/**
 * Numbers between the position and the end of the stretch that are not in it and not settled: their entries are not
 * stored any more.
 */
export function missingIn(place: CursorPlace, { entries, endSeq }: StreamStretch): number[] {
  const missing: number[] = [];
  let expected = place.position + 1;
  const skipTo = (seq: number): void => {
    for (; expected < seq; expected += 1) if (!isSettled(place, expected)) missing.push(expected);
  };
  for (const { seq } of entries) {
    skipTo(seq);
    expected = Math.max(expected, seq + 1);
  }
  skipTo(endSeq + 1);
  return missing;
}
