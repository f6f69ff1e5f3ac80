import type { ClusterLook, NodeObservations, Round } from '../detection/index.js';
import { GOSSIP, INFO, pollEndpoint, STATS, type PollContext } from './poll-node.js';
import type { WatchedCluster } from './watched-clusters.js';

/** Asks all nodes of the cluster at once what belongs to the round. Takes as long as the slowest, bounded by the deadline. */
export async function pollRound(
  cluster: WatchedCluster,
  round: Round,
  surroundings: Omit<PollContext, 'tls' | 'credentials'>,
): Promise<ClusterLook> {
  const at = surroundings.clock.now();
  const { caCertificate: ca, servername, insecure } = cluster.tls;
  const context = { ...surroundings, tls: { ca, servername, insecure }, credentials: cluster.credentials };
  const nodes = await Promise.all(
    cluster.nodes.map(async (node) => ({ node, observations: await pollNode(node.address, round, context) })),
  );
  return { cluster: { name: cluster.name }, at, nodes };
}

async function pollNode(address: string, round: Round, context: PollContext): Promise<NodeObservations> {
  if (round === 'host') return { stats: await pollEndpoint(address, STATS, context) };
  const [gossip, info] = await Promise.all([
    pollEndpoint(address, GOSSIP, context),
    pollEndpoint(address, INFO, context),
  ]);
  return { gossip, info };
}
