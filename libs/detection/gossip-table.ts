import type { ClusterLook } from './detector.js';
import { leaderAmong } from './gossip-view.js';
import { tableOf } from './node-table.js';
import type { GossipMember } from './observation.js';

/** A message's table of what the nodes' gossip says in the words of `saysOf`, or why a node says nothing. */
export const tableOfGossip = (
  look: ClusterLook,
  saysOf: (members: readonly GossipMember[], one: ClusterLook['nodes'][number]) => string,
): string[] =>
  tableOf(look, (one) => {
    const { address } = one.node;
    const { gossip } = one.observations;
    if (gossip === undefined) return `${address}: not asked`;
    return gossip.ok
      ? `${address} says: ${saysOf(gossip.value.members, one)}`
      : `${address} failed: ${gossip.reason}`;
  });

/** Whom these rows show leading, as a clause. */
export function leadsAccordingTo(members: readonly GossipMember[]): string {
  const leader = leaderAmong(members);
  return leader === undefined ? 'nobody leads' : `${nameOf(leader)} leads`;
}

/** A member with its epoch, where that is known. */
export const nameOf = ({ endpoint, epochNumber }: GossipMember): string =>
  epochNumber === null ? endpoint : `${endpoint} (epoch ${epochNumber})`;
