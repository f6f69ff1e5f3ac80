import type { Severity } from '../domain/index.js';
import { describeFailures } from './cluster-consensus.failures.js';
import type { ClusterLook } from './detector.js';
import { leaderOf } from './gossip-view.js';
import { sortedAndShort, tableOf } from './node-table.js';
import type { NodeObservations } from './observation.js';
import { formatMoment } from './wording.js';

export type WrongInLook = 'failed' | 'differing' | 'leaderless';

/** What is wrong, since when, what to consider, and a line of each node: what it said, or why it said nothing. */
export function describeBadLook(
  look: ClusterLook,
  badSinceMs: number,
  wrong: WrongInLook,
  severity: Severity,
): string {
  const warning =
    severity === 'critical' && wrong !== 'leaderless'
      ? ['No answer shows a live leader: the cluster may not accept writes.']
      : [];
  const advice = wrong === 'failed' ? describeFailures(look.nodes) : [ADVICE[wrong]];
  const sentences = [
    `${whatIsWrong(look, wrong)}, since ${formatMoment(badSinceMs)}.`,
    ...warning,
    ...advice,
  ];
  return [sentences.join(' '), ...tableOf(look, lineOf)].join('\n');
}

const ADVICE = {
  differing:
    'Consider checking the network between the nodes and whether all of them belong to the same cluster.',
  leaderless:
    'It accepts no writes until one does. Consider checking that most of its nodes run and reach each other, and what their logs say of elections.',
} as const;

function whatIsWrong({ cluster: { name }, nodes }: ClusterLook, wrong: WrongInLook): string {
  if (wrong === 'differing') return `The nodes of cluster ${name} do not agree on each other's state`;
  if (wrong === 'leaderless') return `No node leads cluster ${name}`;
  const failed = nodes.filter(({ observations: { gossip } }) => gossip?.ok === false).length;
  if (failed < nodes.length)
    return `${failed} of ${nodes.length} nodes of cluster ${name} ${failed === 1 ? 'does' : 'do'} not answer the gossip query`;
  return nodes.length === 1
    ? `The node of cluster ${name} does not answer the gossip query`
    : `No node of cluster ${name} answers the gossip query`;
}

/** All answers are the same by now, so one line of the table is enough. */
export function describeAgreement(look: ClusterLook, badSinceMs: number): string {
  const { cluster, nodes } = look;
  const leader = leaderOf(nodes)?.endpoint ?? nodes[0]?.node.address;
  const what =
    nodes.length === 1
      ? `The node of cluster ${cluster.name} answers again; ${leader} leads. It had not`
      : `All ${nodes.length} nodes of cluster ${cluster.name} answer the gossip query and agree again; ${leader} leads. They had not`;
  return [`${what} since ${formatMoment(badSinceMs)}.`, ...tableOf(look, lineOf).slice(0, 1)].join('\n');
}

function lineOf({ node, observations }: ClusterLook['nodes'][number]): string {
  const { gossip } = observations;
  if (gossip === undefined) return `${node.address}: not asked`;
  if (!gossip.ok) return `${node.address} failed: ${gossip.reason}${byInfo(observations)}`;
  const rows = gossip.value.members.map(
    ({ endpoint, state, isAlive }) => `${endpoint} ${state}${isAlive ? '' : ' (dead)'}`,
  );
  return `${node.address} says: ${sortedAndShort(rows).join(', ') || 'no members'}`;
}

const byInfo = ({ info }: NodeObservations): string =>
  info?.ok === true ? ` By its /info it is ${info.value.state}.` : '';
