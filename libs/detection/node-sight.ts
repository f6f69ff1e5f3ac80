import type { ClusterLook, WatchedNode } from './detector.js';
import { endpointIn, ownRow } from './gossip-view.js';
import type { GossipMember } from './observation.js';

/** What one node's gossip tells of another: `unknown` when it did not answer, or which row is the other's cannot be told. */
export interface Sight {
  readonly observer: WatchedNode;
  readonly target: WatchedNode;
  readonly seen: 'alive' | 'dead' | 'missing' | 'unknown';
}

/** By the node's id, what each registered node calls itself, and called itself when it last answered. */
export type Endpoints = Readonly<Record<string, string>>;

/**
 * With what is new in this look; only of nodes that are registered still. What a node called itself is forgotten when
 * another answers under it: addresses are given anew.
 */
export function endpointsAfter(remembered: Endpoints, { nodes }: ClusterLook): Record<string, string> {
  const own = new Map(nodes.map(({ node, observations }) => [node.id, ownRow(observations)?.endpoint]));
  const taken = new Set(own.values());
  const entries = nodes.flatMap(({ node: { id } }): [string, string][] => {
    const past = remembered[id];
    const endpoint = own.get(id) ?? (taken.has(past) ? undefined : past);
    return endpoint === undefined ? [] : [[id, endpoint]];
  });
  return Object.fromEntries(entries);
}

/**
 * Every node's view of every other. A row that is missing is a node that is not seen: it never joined, or is dead for
 * so long (30 minutes) that it was dropped. Rows that belong to no registered node, such as those that a changed address
 * leaves behind, are not looked at. A node of unknown endpoint may be any of those that are alive, as far as there are
 * enough of them for all such nodes.
 */
export function sightsOf({ nodes }: ClusterLook, remembered: Endpoints): Sight[] {
  const endpoints = new Map(
    nodes.map((one) => [one.node.id, remembered[one.node.id] ?? endpointIn(nodes, one)]),
  );
  const registered = new Set(endpoints.values());
  const nameless = nodes.filter(({ node }) => endpoints.get(node.id) === undefined);
  const answering = nameless.filter(({ observations: { gossip } }) => gossip?.ok === true);
  const guess = (target: WatchedNode, members: readonly GossipMember[]): Sight['seen'] => {
    const strangers = members.filter((member) => member.isAlive && !registered.has(member.endpoint)).length;
    if (strangers === nameless.length) return 'alive';
    const isSilent = !answering.some(({ node }) => node.id === target.id);
    // Those that answer are alive somewhere: the rows are theirs, and none is left for this one.
    return strangers === 0 || (isSilent && strangers <= answering.length) ? 'missing' : 'unknown';
  };
  return nodes.flatMap(({ node: observer, observations: { gossip } }) =>
    nodes
      .filter(({ node }) => node.id !== observer.id)
      .map(({ node: target }): Sight => {
        if (gossip?.ok !== true) return { observer, target, seen: 'unknown' };
        const { members } = gossip.value;
        const endpoint = endpoints.get(target.id);
        const row = members.find((member) => member.endpoint === endpoint);
        if (row !== undefined) return { observer, target, seen: row.isAlive ? 'alive' : 'dead' };
        return { observer, target, seen: endpoint === undefined ? guess(target, members) : 'missing' };
      }),
  );
}
