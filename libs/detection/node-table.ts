import type { ClusterLook } from './detector.js';

/** A message is read in a chat: beyond this many nodes or members it says how many more there are. */
const MAX_LINES = 12;

/**
 * A message's table of what each node said: one line of each, `• ` before it, in the order of the alphabet whatever the
 * order of the nodes. `lineOf` begins with the node's address.
 */
export const tableOf = (
  { nodes }: ClusterLook,
  lineOf: (one: ClusterLook['nodes'][number]) => string,
): string[] => sortedAndShort(nodes.map((one) => `• ${lineOf(one)}`));

/** In the order of the alphabet, and no more than 12: then `and 3 more`. */
export function sortedAndShort(items: readonly string[]): string[] {
  const sorted = items.toSorted();
  return sorted.length <= MAX_LINES
    ? sorted
    : [...sorted.slice(0, MAX_LINES), `and ${sorted.length - MAX_LINES} more`];
}
