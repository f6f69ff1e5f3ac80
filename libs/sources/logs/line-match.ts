import { LOG_LEVELS, type StreamEntry } from '../../domain/index.js';
import type { LineFilter } from '../../persistence/index.js';

/** Tells which lines are wanted, as the store does for those that it reads. */
export function lineMatch({ level, node, q }: LineFilter): (line: StreamEntry) => boolean {
  const least = level === undefined ? 0 : LOG_LEVELS.indexOf(level);
  const wanted = q?.toLowerCase();
  return (line) =>
    (level === undefined || (line.level !== null && LOG_LEVELS.indexOf(line.level) >= least)) &&
    (node === undefined || line.node === node) &&
    (wanted === undefined || line.body.toLowerCase().includes(wanted));
}
