import type { ClusterLook } from './detector.js';
import { leadsAccordingTo, tableOfGossip } from './gossip-table.js';
import { isReplica } from './gossip-view.js';
import { formatMoment, opensAfter } from './wording.js';

/** That they disagree, or that they agree again but the issue stays open until `closesMs`, and whom each names. */
export function describeMismatch(
  look: ClusterLook,
  sinceMs: number,
  windowMs: number,
  closesMs?: number,
): string {
  const since = formatMoment(sinceMs);
  const what =
    closesMs === undefined
      ? `The nodes of cluster ${look.cluster.name} disagree on which of them leads, since ${since} ${opensAfter(windowMs)}. ` +
        'Clients may be sent to a node that cannot accept their writes. ' +
        'Consider checking the network between the nodes, restarting a node that still follows a leader of the past, ' +
        'and whether all of them are set up as members of the same cluster (cluster size, gossip seeds).'
      : `The nodes of cluster ${look.cluster.name} agree again on which of them leads; they had disagreed since ${since}. ` +
        `This closes at ${formatMoment(closesMs)} at the earliest, if they still agree then.`;
  return [what, ...tableOfVotes(look)].join('\n');
}

export const describeOneLeader = (look: ClusterLook, sinceMs: number): string =>
  [
    `The nodes of cluster ${look.cluster.name} agree again on which of them leads. They had disagreed since ${formatMoment(sinceMs)}.`,
    ...tableOfVotes(look),
  ].join('\n');

const tableOfVotes = (look: ClusterLook): string[] =>
  tableOfGossip(look, (answer, one) => {
    const vote = leadsAccordingTo(answer);
    return isReplica(look.nodes, one) ? `${vote} (a read-only replica, does not count)` : vote;
  });
