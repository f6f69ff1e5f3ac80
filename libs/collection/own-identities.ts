import { registeredEndpoint, type ClusterLook } from '../detection/index.js';

type Nodes = ClusterLook['nodes'];

/**
 * Two nodes cannot be the same member. Where answers of several say so (behind a proxy that answers for another, or all
 * set up to advertise one address), each of these nodes is the one row that has its registered name; else it is unknown.
 */
export function withOwnIdentities(nodes: Nodes): Nodes {
  const claims = nodes.map(({ observations: { gossip } }) =>
    gossip?.ok === true ? gossip.value.self : null,
  );
  return nodes.map((one) => {
    const { gossip } = one.observations;
    if (gossip?.ok !== true || gossip.value.self === null) return one;
    const { self, members } = gossip.value;
    if (claims.filter((claim) => claim === self).length < 2) return one;
    const name = registeredEndpoint(one.node);
    const isNamed = members.filter(({ endpoint }) => endpoint === name).length === 1;
    const value = { members, self: isNamed && name !== undefined ? name : null };
    return { ...one, observations: { ...one.observations, gossip: { ...gossip, value } } };
  });
}
