import type { ClusterLook } from './detector.js';
import { leaderNamedIn } from './gossip-view.js';
import { tableOf } from './node-table.js';
import type { GossipAnswer, GossipMember } from './observation.js';

/** A message's table of what the nodes' gossip says in the words of `saysOf`, or why a node says nothing. */
export const tableOfGossip = (
  look: ClusterLook,
  saysOf: (answer: GossipAnswer, one: ClusterLook['nodes'][number]) => string,
): string[] =>
  tableOf(look, (one) => {
    const { address } = one.node;
    const { gossip } = one.observations;
    if (gossip === undefined) return `${address}: not asked`;
    return gossip.ok
      ? `${address} says: ${saysOf(gossip.value, one)}`
      : `${address} failed: ${gossip.reason}`;
  });

/** Whom the answer shows leading, as a clause. */
export function leadsAccordingTo(answer: GossipAnswer): string {
  const leader = leaderNamedIn(answer);
  return leader === undefined ? 'nobody leads' : `${nameOf(leader)} leads`;
}

/** A member with its epoch, where that is known. */
export const nameOf = ({ endpoint, epochNumber }: GossipMember): string =>
  epochNumber === null ? endpoint : `${endpoint} (epoch ${epochNumber})`;
