import type { Place } from './place.js';

/** What the runtime of 26.1 took for all there is while 6.7 GB were free; scaled to our memory. */
const IMPOSSIBLE_TOTAL = 0.31;
const IMPOSSIBLE_FREE = 0.42;

interface Bytes {
  readonly totalBytes: number;
  readonly usedBytes: number;
}

/** Null: the drive could not be read. */
export function diskOf({ model, index, diskTotalBytes }: Place): Bytes | null {
  const percent = model.node(index).diskPercent;
  return percent === null
    ? null
    : { totalBytes: diskTotalBytes, usedBytes: Math.round((diskTotalBytes * percent) / 100) };
}

/** Null: no figures. */
export function memoryOf({ model, index, memoryTotalBytes: all }: Place) {
  const { memory } = model.node(index);
  if (memory === null) return null;
  if (memory === 'impossible')
    return { totalBytes: Math.round(all * IMPOSSIBLE_TOTAL), freeBytes: Math.round(all * IMPOSSIBLE_FREE) };
  return { totalBytes: all, freeBytes: all - Math.round((all * memory) / 100) };
}

/** Null: the version or the machine tells none. */
export const loadOf = ({ model, index, version }: Place): number | null =>
  version.hasLoadAverage ? model.node(index).loadAverage : null;
