import { endpointIn, ENDPOINTS, type ClusterLook, type NodeObservations } from '../detection/index.js';
import { coresOf, type ClusterNodeEntity } from '../persistence/index.js';
import { latestOf, type LastSeen } from './last-seen.js';
import { figuresOf } from './node-figures.js';
import { isAnswered, reachabilityOf } from './node-reachability.js';
import { roleOf } from './node-role.js';

/** What another node's gossip says of a node; `unknown` when it did not answer lately or has no row of it. */
type PeerOpinion = 'alive' | 'dead' | 'unknown';

/** A node for people to read: what it is, whether it can be reached, and its figures with their age. */
export function nodeView(node: ClusterNodeEntity, seen: LastSeen, gossipLook: ClusterLook) {
  const latest = latestOf(seen, node.id);
  const earlier = seen.earlier.get(node.id) ?? {};
  const role = roleOf(latest, earlier);
  const { id, address, cores, reportedCores, memoryBytes } = node;
  return {
    id,
    address,
    cores,
    reportedCores,
    memoryBytes,
    ...role,
    reachability: reachabilityOf(latestOf(seen, id, { onlyRecent: true })),
    seenByPeers: seenByPeers(node, role.endpoint, gossipLook, seen.rounds.gossip?.isRecent === true),
    lastObservedAt: lastObservedAt(latest, earlier),
    figures: figuresOf({ cores: coresOf(node), memoryBytes, latest, earlier }, gossipLook, seen.now),
    endpoints: endpointsOf(latest),
  };
}

/** By the address of the node that was asked. Opinions carry no time, so there are none of rounds that are too old. */
function seenByPeers(
  { id }: ClusterNodeEntity,
  toldEndpoint: string | null,
  { nodes }: ClusterLook,
  isRecent: boolean,
): Record<string, PeerOpinion> {
  const one = nodes.find(({ node }) => node.id === id);
  const endpoint = toldEndpoint ?? (one && endpointIn(nodes, one));
  const opinions = nodes
    .filter((other) => other !== one)
    .map(({ node, observations: { gossip } }): [string, PeerOpinion] => {
      const members = isRecent && gossip?.ok === true ? gossip.value.members : [];
      const row = members.find((member) => member.endpoint === endpoint);
      return [node.address, row === undefined ? 'unknown' : row.isAlive ? 'alive' : 'dead'];
    });
  return Object.fromEntries(opinions);
}

function lastObservedAt(latest: NodeObservations, earlier: NodeObservations): string | null {
  const times = [latest, earlier].flatMap((observations) =>
    ENDPOINTS.flatMap((endpoint) => observations[endpoint] ?? [])
      .filter(isAnswered)
      .map(({ at }) => at),
  );
  return times.toSorted().at(-1) ?? null;
}

function endpointsOf(latest: NodeObservations) {
  const polled = ENDPOINTS.flatMap((endpoint) => {
    const observation = latest[endpoint];
    if (observation === undefined) return [];
    const { at, ok } = observation;
    const failure = ok ? {} : { code: observation.code, reason: observation.reason };
    return [[endpoint, { at, ok, ...failure }] as const];
  });
  return Object.fromEntries(polled);
}
