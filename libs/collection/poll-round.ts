import { setTimeout as pause } from 'node:timers/promises';
import { ownRow, type ClusterLook, type NodeObservations, type Round } from '../detection/index.js';
import { GOSSIP, HEALTH, INFO, METRICS, pollEndpoint, STATS, type PollContext } from './poll-node.js';
import { withOwnIdentities } from './own-identities.js';
import { followersBehind, laterSelfOf } from './second-question.js';
import type { Slots } from './slots.js';
import type { WatchedCluster } from './watched-clusters.js';

export interface RoundContext extends Omit<PollContext, 'tls' | 'credentials'> {
  /** When followers that are behind are asked again, after all have answered; undefined: never. */
  readonly lagMs: number | undefined;
  /** Held while nodes are asked, not in between. */
  readonly slots: Slots;
}

type Nodes = ClusterLook['nodes'];

/**
 * Asks all nodes of the cluster at once what belongs to the round; in the round of gossip, and where it is needed, once
 * more those that had not reached the leader's position. Takes as long as the slowest, bounded by the deadline of either
 * question. When `signal` aborts it resolves soon, with what must not be judged.
 */
export async function pollRound(
  cluster: WatchedCluster,
  round: Round,
  { lagMs, slots, ...surroundings }: RoundContext,
): Promise<ClusterLook> {
  const { caCertificate: ca, servername, insecure } = cluster.tls;
  const context = { ...surroundings, tls: { ca, servername, insecure }, credentials: cluster.credentials };
  const { at, nodes } = await slots.use(async () => ({
    at: context.clock.now(),
    nodes: withOwnIdentities(await Promise.all(cluster.nodes.map((node) => lookAt(node, round, context)))),
  }));
  const look = { cluster: { name: cluster.name }, at };
  const behind = lagMs === undefined || round !== 'gossip' ? [] : followersBehind(nodes);
  if (behind.length === 0) return { ...look, nodes };

  await pause(lagMs, undefined, { signal: context.signal }).catch(() => undefined);
  if (context.signal?.aborted === true) return { ...look, nodes };
  return { ...look, nodes: await slots.use(() => askAgain(nodes, behind, context)) };
}

async function lookAt(
  { id, address, cores, memoryBytes }: WatchedCluster['nodes'][number],
  round: Round,
  context: PollContext,
): Promise<Nodes[number]> {
  const observations = await (round === 'host' ? askFigures(address, context) : askGossip(address, context));
  return { node: { id, address, cores, memoryBytes }, observations };
}

/**
 * One after the other, on one connection: a second one to every node would cost as much as all the rest. A node that
 * does not answer is not waited for three times.
 */
async function askGossip(address: string, context: PollContext): Promise<NodeObservations> {
  const gossip = await pollEndpoint(address, GOSSIP, context);
  if (gossip.ok) {
    const info = await pollEndpoint(address, INFO, context);
    return { gossip, info, health: await pollEndpoint(address, HEALTH, context) };
  }
  const [info, health] = await Promise.all([
    pollEndpoint(address, INFO, context),
    pollEndpoint(address, HEALTH, context),
  ]);
  return { gossip, info, health };
}

async function askFigures(address: string, context: PollContext): Promise<NodeObservations> {
  const stats = await pollEndpoint(address, STATS, context);
  return { stats, metrics: await pollEndpoint(address, METRICS, context) };
}

const askAgain = (nodes: Nodes, behind: Nodes, context: PollContext): Promise<Nodes[number][]> =>
  Promise.all(
    nodes.map(async (one) => {
      if (!behind.includes(one)) return one;
      const { address } = one.node;
      const answer = await pollEndpoint(address, GOSSIP, context);
      const self = ownRow(one.observations)?.endpoint ?? null;
      const laterSelf = laterSelfOf(answer, self, URL.parse(address)?.host ?? address);
      return { ...one, observations: { ...one.observations, laterSelf } };
    }),
  );
