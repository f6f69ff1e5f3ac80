import {
  configOf,
  DETECTORS,
  hasReached,
  leaderOf,
  ownRow,
  type ClusterLook,
  type DetectionDefaults,
  type DetectionOverrides,
  type Detector,
  type EndpointObservation,
  type GossipAnswer,
  type GossipMember,
} from '../detection/index.js';

type Looked = ClusterLook['nodes'][number];

/** How long after the first answers followers are asked again at this cluster; undefined when no detector would look at it. */
export function followerLagMs(
  defaults: DetectionDefaults,
  overrides: DetectionOverrides,
  detectors: readonly Detector[] = DETECTORS,
): number | undefined {
  const detector = detectors.find(({ kind }) => kind === 'node-out-of-sync');
  if (detector === undefined) return undefined;
  const { isEnabled, values } = configOf(detector, defaults, overrides);
  return isEnabled ? values['lagMs'] : undefined;
}

/**
 * Followers that had not reached the leader's position when they were asked. None without a leader, so none in a cluster
 * of a single node, which leads itself. Not asked again: read-only replicas, which may lag, and nodes whose own row is
 * not known (gossip failed or is switched off), whose second answer would have nothing to be compared with.
 */
export function followersBehind(nodes: readonly Looked[]): Looked[] {
  const leader = leaderOf(nodes);
  if (leader === undefined) return [];
  return nodes.filter(({ observations }) => {
    const own = ownRow(observations);
    if (own === undefined || own.isReadOnlyReplica || own.endpoint === leader.endpoint) return false;
    return hasReached(own, leader) !== true;
  });
}

/** What the second answer says of the node itself, which was `self` in the first. */
export function laterSelfOf(
  observation: EndpointObservation<GossipAnswer>,
  self: string | null,
  host: string,
): EndpointObservation<GossipMember> {
  if (!observation.ok) return observation;
  const { at, value } = observation;
  const own = value.members.find(({ endpoint }) => endpoint === self);
  if (own !== undefined) return { at, ok: true, value: own };
  return { at, ok: false, code: 'no-own-row', reason: `${host} answered /gossip without a row of itself.` };
}
