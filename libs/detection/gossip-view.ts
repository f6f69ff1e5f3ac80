import type { ClusterLook, WatchedNode } from './detector.js';
import type { GossipAnswer, GossipMember, NodeObservations } from './observation.js';

type Nodes = ClusterLook['nodes'];

/** Why rules about nodes and their peers do not apply to this cluster, as a clause. */
export const offWithoutPeers = ({ nodes }: ClusterLook): string | undefined =>
  nodes.length < 2 ? 'a cluster of one node has no peers' : undefined;

/** Why rules about what nodes say of each other learn nothing from this look, as a clause. */
export const blindWithoutAnswer = ({ nodes }: ClusterLook): string | undefined =>
  nodes.some(({ observations: { gossip } }) => gossip?.ok === true)
    ? undefined
    : 'no node answers the gossip query';

/** The answering node's row of itself, the truth about it. */
export function ownRow({ gossip }: NodeObservations): GossipMember | undefined {
  if (gossip?.ok !== true) return undefined;
  return gossip.value.members.find(({ endpoint }) => endpoint === gossip.value.self);
}

/**
 * Whom these rows show leading: of live leaders the one of the highest epoch, because an isolated old leader goes on
 * for seconds. Of equals the one that is `known` to lead, then the further one, then the first by name, so that the order
 * of rows does not matter.
 */
export function leaderAmong(members: readonly GossipMember[], known?: string): GossipMember | undefined {
  return members
    .filter(isLiveLeader)
    .toSorted(
      (one, other) =>
        (other.epochNumber ?? -1) - (one.epochNumber ?? -1) ||
        Number(other.endpoint === known) - Number(one.endpoint === known) ||
        (other.writerCheckpoint ?? -1) - (one.writerCheckpoint ?? -1) ||
        one.endpoint.localeCompare(other.endpoint),
    )
    .at(0);
}

/** Whom an answer shows leading: of several with the same epoch the node that answers, if it is one of them. */
export const leaderNamedIn = ({ members, self }: GossipAnswer): GossipMember | undefined =>
  leaderAmong(members, self ?? undefined);

/** A dead leader may still read `Leader`: it does not lead. */
export const isLiveLeader = ({ state, isAlive }: GossipMember): boolean => state === 'Leader' && isAlive;

/** Who leads according to all answers together, with the furthest position that any of them knows of it. */
export const leaderOf = (nodes: Nodes, known?: string): GossipMember | undefined =>
  leaderAmong(rowsOf(nodes), known);

/**
 * Whether the member had reached the leader's position: as far in the log of the same leadership. A log of another
 * epoch is another log, however long; only at the very same byte the epoch may merely not have been told yet.
 * Undefined when a position is unknown.
 */
export function hasReached(member: GossipMember, leader: GossipMember): boolean | undefined {
  if (member.writerCheckpoint !== null && member.writerCheckpoint === leader.writerCheckpoint) return true;
  if (member.epochNumber !== null && leader.epochNumber !== null && member.epochNumber !== leader.epochNumber)
    return false;
  if (member.writerCheckpoint === null || leader.writerCheckpoint === null) return undefined;
  return member.writerCheckpoint >= leader.writerCheckpoint;
}

/**
 * Under which endpoint the members know this node: as it calls itself, or, while it does not answer, as it is
 * registered, provided that some answer has a row of that name. Undefined when neither tells.
 */
export function endpointIn(nodes: Nodes, { node, observations }: Nodes[number]): string | undefined {
  const own = ownRow(observations);
  if (own !== undefined) return own.endpoint;
  const registered = registeredEndpoint(node);
  return rowsOf(nodes).find(({ endpoint }) => endpoint.toLowerCase() === registered)?.endpoint;
}

/** By its own row; while it does not answer, by any row of it. Read-only replicas neither vote nor have to keep up. */
export function isReplica(nodes: Nodes, one: Nodes[number]): boolean {
  const own = ownRow(one.observations);
  if (own !== undefined) return own.isReadOnlyReplica;
  const itsEndpoint = endpointIn(nodes, one);
  return rowsOf(nodes).some(
    ({ endpoint, isReadOnlyReplica }) => isReadOnlyReplica && endpoint === itsEndpoint,
  );
}

const rowsOf = (nodes: Nodes): GossipMember[] =>
  nodes.flatMap(({ observations: { gossip } }) => (gossip?.ok === true ? gossip.value.members : []));

/** How gossip would name the node by its address: IPv6 without brackets, and with every port. */
export function registeredEndpoint({ address }: WatchedNode): string | undefined {
  const url = URL.parse(address);
  if (url === null) return undefined;
  const port = url.port || (url.protocol === 'http:' ? '80' : '443');
  return `${url.hostname.replace(/^\[|\]$/g, '')}:${port}`;
}
