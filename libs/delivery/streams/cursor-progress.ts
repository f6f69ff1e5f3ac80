import { isSettled, withSettled } from '../../domain/index.js';
import type { CursorEnds, CursorPlace, StreamStretch } from '../../persistence/index.js';
import type { Memory } from '../../sinks/index.js';
import type { Ended } from './parcel-end.js';

/** How far a cursor is, and what is remembered with it. */
export interface Progress {
  readonly place: CursorPlace;
  readonly memory: Memory;
}

/** A progress after more has been settled, and what that adds to the ledger. */
export interface Advance {
  readonly progress: Progress;
  readonly ends: CursorEnds;
}

const NOTHING: CursorEnds = { delivered: 0, coalesced: 0, rejected: 0, suppressed: 0, expired: 0 };

/**
 * Pure. Settles these entries, but for those that are settled already: whatever is settled twice counts once. When the
 * entry at the new position was accepted is looked up in the stretch that they are of.
 */
export function advance(
  { place, memory }: Progress,
  ended: readonly Ended[],
  patch: Memory | undefined,
  stretch: StreamStretch,
): Advance {
  const ends: Record<keyof CursorEnds, number> = { ...NOTHING };
  const fresh: number[] = [];
  const counted = new Set<number>();
  for (const { seqs, end } of ended) {
    for (const seq of seqs) {
      if (isSettled(place, seq) || counted.has(seq)) continue;
      counted.add(seq);
      fresh.push(seq);
      ends[end] += 1;
    }
  }
  const settled = withSettled(place, fresh);
  const positionMs = acceptedMsAt(stretch, settled.position) ?? place.positionMs;
  return { progress: { place: { ...settled, positionMs }, memory: patched(memory, patch) }, ends };
}

function acceptedMsAt({ entries, acceptedMs }: StreamStretch, seq: number): number | undefined {
  let [low, high] = [0, entries.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = entries[middle]!.seq;
    if (found === seq) return acceptedMs[middle];
    if (found < seq) low = middle + 1;
    else high = middle - 1;
  }
  return undefined;
}

/** A key whose value is null is forgotten. */
function patched(memory: Memory, patch: Memory | undefined): Memory {
  if (!patch) return memory;
  return Object.fromEntries(Object.entries({ ...memory, ...patch }).filter(([, value]) => value !== null));
}
