import type { ClusterLook } from './detector.js';
import type { Progress } from './follower-progress.js';
import { nameOf, tableOfGossip } from './gossip-table.js';
import { ownRow } from './gossip-view.js';
import { sortedAndShort } from './node-table.js';
import type { GossipMember } from './observation.js';
import { formatBytes, formatMoment, formatWindow, opensAfter } from './wording.js';

const ADVICE =
  'Consider checking the throughput of network and disk between the leader and these nodes, and the load on both. ' +
  'A node that is CatchingUp after a restart or a restore needs time; one that never catches up can be restored from a backup of the leader.';

/** A follower that is behind, and since when. */
export type Laggard = Progress & { readonly sinceMs: number };

/** Which followers are behind by how much since when, what to consider, and how far each node says it is. */
export function describeOutOfSync(
  look: ClusterLook,
  leader: GossipMember,
  laggards: readonly Laggard[],
  { lagMs, windowMs }: { readonly lagMs: number; readonly windowMs: number },
): string {
  const who = laggards.length === 1 ? 'A follower' : `${laggards.length} followers`;
  const [verb, it] = laggards.length === 1 ? ['is', 'it was'] : ['are', 'they were'];
  const lines = laggards.map(({ node, own, sinceMs }) =>
    own === undefined
      ? `- ${node.address}, since ${formatMoment(sinceMs)}`
      : `- ${node.address} (${own.state}) ${distance(own, leader)}, since ${formatMoment(sinceMs)}`,
  );
  return [
    `${who} of cluster ${look.cluster.name} ${verb} out of sync: ${formatWindow(lagMs)} after the leader ${nameOf(leader)} had reached a position, ${it} not there yet ${opensAfter(windowMs)}.`,
    ...sortedAndShort(lines),
    ADVICE,
    ...tableOfProgress(look),
  ].join('\n');
}

/** That all keep up again, and until when they have to for the issue to close, if it does not now. */
export function describeInSync(
  look: ClusterLook,
  leader: GossipMember,
  { sinceMs, closesMs }: { readonly sinceMs: number; readonly closesMs?: number },
): string {
  const what =
    `All followers of cluster ${look.cluster.name} keep up with the leader ${nameOf(leader)} again. ` +
    `One or more had been out of sync since ${formatMoment(sinceMs)}.`;
  const until =
    closesMs === undefined
      ? ''
      : ` This closes at ${formatMoment(closesMs)} at the earliest, if they keep up until then.`;
  return [what + until, ...tableOfProgress(look)].join('\n');
}

/** Another epoch comes first: there the number of bytes says nothing. */
function distance(own: GossipMember, leader: GossipMember): string {
  if (own.epochNumber !== null && leader.epochNumber !== null && own.epochNumber !== leader.epochNumber)
    return `is not in the leader's epoch ${leader.epochNumber} but in epoch ${own.epochNumber}`;
  return `is ${formatBytes(Math.max(0, (leader.writerCheckpoint ?? 0) - (own.writerCheckpoint ?? 0)))} behind`;
}

const tableOfProgress = (look: ClusterLook): string[] =>
  tableOfGossip(look, (_, { observations }) => {
    const { laterSelf } = observations;
    const own = laterSelf?.ok === true ? laterSelf.value : ownRow(observations);
    if (own === undefined) return 'nothing of itself';
    const { state, writerCheckpoint, epochNumber } = own;
    const position = writerCheckpoint === null ? 'position unknown' : `at byte ${writerCheckpoint}`;
    return `it is ${state}, ${position}${epochNumber === null ? '' : ` of epoch ${epochNumber}`}`;
  });
