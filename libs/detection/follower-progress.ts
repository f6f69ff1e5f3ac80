import type { ClusterLook, WatchedNode } from './detector.js';
import { endpointIn, hasReached, isLiveLeader, isReplica, ownRow } from './gossip-view.js';
import type { GossipMember } from './observation.js';

/** A follower and whether it had reached the position that the leader had when the round began. */
export interface Progress {
  readonly node: WatchedNode;
  readonly position: 'reached' | 'behind' | 'unknown';
  /** Its latest row of itself; undefined when it did not answer. */
  readonly own: GossipMember | undefined;
}

/**
 * Of every registered node that has to keep up with this leader. Read-only replicas need not, and a node that takes
 * itself for the leader does not follow, which leader mismatch tells.
 */
export function progressOf(nodes: ClusterLook['nodes'], leader: GossipMember): Progress[] {
  return nodes.flatMap((one): Progress[] => {
    const own = ownRow(one.observations);
    if (endpointIn(nodes, one) === leader.endpoint || isReplica(nodes, one)) return [];
    if (own === undefined) return [{ node: one.node, position: 'unknown', own }];
    const { laterSelf } = one.observations;
    const later = laterSelf?.ok === true ? laterSelf.value : undefined;
    if (isLiveLeader(later ?? own)) return [];
    return [{ node: one.node, position: positionOf(own, later, leader), own: later ?? own }];
  });
}

function positionOf(
  own: GossipMember,
  later: GossipMember | undefined,
  leader: GossipMember,
): Progress['position'] {
  if (hasReached(own, leader) === true) return 'reached';
  // Without the second question nobody knows: the first row may be seconds older than the leader's.
  const reached = later === undefined ? undefined : hasReached(later, leader);
  if (reached === undefined) return 'unknown';
  return reached ? 'reached' : 'behind';
}
