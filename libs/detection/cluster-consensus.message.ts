import type { Severity } from '../domain/index.js';
import type { ClusterLook } from './detector.js';
import { formatMoment } from './wording.js';

/** A message is read in a chat: beyond this many nodes or members it says how many more there are. */
const MAX_LINES = 12;

/** What is wrong, since when, what to consider, and a line of each node: what it said, or why it said nothing. */
export function describeDisagreement(look: ClusterLook, badSinceMs: number, severity: Severity): string {
  const failed = look.nodes.filter(({ observations }) => observations.gossip?.ok !== true).length;
  const what =
    failed === 0
      ? `The nodes of cluster ${look.cluster.name} do not agree on each other's state`
      : failed === look.nodes.length
        ? `No node of cluster ${look.cluster.name} answers the gossip query`
        : `${failed} of ${look.nodes.length} nodes of cluster ${look.cluster.name} did not answer the gossip query`;
  const leader =
    severity === 'critical' ? ' No answer shows a live leader: the cluster may not accept writes.' : '';
  const advice =
    failed === 0
      ? 'Consider checking the network between the nodes and whether all of them belong to the same cluster.'
      : 'Consider checking that these nodes run and can be reached, and the network between them.';
  return [`${what}, since ${formatMoment(badSinceMs)}.${leader} ${advice}`, ...tableOf(look)].join('\n');
}

export function describeAgreement(look: ClusterLook, badSinceMs: number): string {
  const what = look.nodes.length === 1 ? 'The node of cluster' : `All ${look.nodes.length} nodes of cluster`;
  const verb = look.nodes.length === 1 ? 'answers the gossip query' : 'answer the gossip query and agree';
  const again = `${what} ${look.cluster.name} ${verb} again. They had not since ${formatMoment(badSinceMs)}.`;
  return [look.nodes.length === 1 ? again.replace('They', 'It') : again, ...tableOf(look).slice(0, 1)].join(
    '\n',
  );
}

function tableOf({ nodes }: ClusterLook): string[] {
  const lines = nodes.map(({ node, observations: { gossip } }) => {
    if (gossip === undefined) return `• ${node.address}: not asked`;
    if (!gossip.ok) return `• ${node.address} failed: ${gossip.reason}`;
    const rows = gossip.value.members.map(
      ({ endpoint, state, isAlive }) => `${endpoint} ${state}${isAlive ? '' : ' (dead)'}`,
    );
    return `• ${node.address} says: ${shorten(rows.sort()).join(', ') || 'no members'}`;
  });
  return shorten(lines.sort());
}

const shorten = (items: readonly string[]): string[] =>
  items.length <= MAX_LINES
    ? [...items]
    : [...items.slice(0, MAX_LINES), `and ${items.length - MAX_LINES} more`];
