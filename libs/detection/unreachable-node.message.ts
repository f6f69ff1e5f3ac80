import type { ClusterLook } from './detector.js';
import { tableOfGossip } from './gossip-table.js';
import { sortedAndShort } from './node-table.js';
import type { Sight } from './node-sight.js';
import type { NodeObservations } from './observation.js';
import { formatMoment, opensAfter } from './wording.js';

/** A node that another does not see, and since when. */
export type Unseen = Sight & { readonly sinceMs: number };

/** Who does not see whom since when, whether Spillway itself does, what to consider, and what each node sees. */
export function describeUnreachable(
  look: ClusterLook,
  sights: readonly Sight[],
  unseen: readonly Unseen[],
  windowMs: number,
): string {
  const targets = look.nodes.filter(({ node }) => unseen.some(({ target }) => target.id === node.id));
  const lines = targets.map(({ node, observations }) => {
    const sightless = unseen.filter(({ target }) => target.id === node.id);
    const by = sortedAndShort(sightless.map(({ observer }) => observer.address)).join(', ');
    const since = formatMoment(Math.min(...sightless.map(({ sinceMs }) => sinceMs)));
    return {
      line: `- ${node.address} is unreachable from ${by}, since ${since}.`,
      own: ownViewOf(observations),
    };
  });
  // What is the same of all is said once.
  const isCommon = lines.length > 1 && new Set(lines.map(({ own }) => own)).size === 1;
  const [common] = isCommon ? lines : [];
  return [
    `${targets.length === 1 ? 'A node' : `${targets.length} nodes`} of cluster ${look.cluster.name} cannot be reached by some of the others ${opensAfter(windowMs)}:`,
    ...sortedAndShort(lines.map(({ line, own }) => (common === undefined ? `${line} ${own}` : line))),
    ...(common === undefined ? [] : [common.own.replace('reaches it:', 'reaches them:')]),
    'Consider checking whether these nodes run, and the network, firewalls and certificates between the nodes.',
    ...tableOfSights(look, sights),
  ].join('\n');
}

/** That all see each other again, and until when they have to for the issue to close, if it does not now. */
export function describeReachable(
  look: ClusterLook,
  sights: readonly Sight[],
  { sinceMs, closesMs }: { readonly sinceMs: number; readonly closesMs?: number },
): string {
  const what =
    `All nodes of cluster ${look.cluster.name} reach each other again. ` +
    `One or more had been unreachable since ${formatMoment(sinceMs)}.`;
  const until =
    closesMs === undefined
      ? ''
      : ` This closes at ${formatMoment(closesMs)} at the earliest, if that stays so until then.`;
  return [what + until, ...tableOfSights(look, sights)].join('\n');
}

/** Tells a node that is down from a network that is parted. */
function ownViewOf({ gossip, info, health }: NodeObservations): string {
  const answers = [gossip, info, health];
  if (answers.some((answer) => answer?.ok === true))
    return 'Spillway itself reaches it: the trouble lies between the nodes.';
  const failure = answers.find((answer) => answer?.ok === false);
  if (failure?.ok !== false) return 'Spillway itself has not asked it.';
  if (LIKE_A_NODE_THAT_IS_DOWN.includes(failure.code))
    return `Spillway gets no answer from it either. ${failure.reason} The node or its machine is probably down.`;
  return `Whether it runs Spillway cannot tell. ${failure.reason}`;
}

/** Whatever else fails is an answer of somebody, or tells of Spillway's own way only: the name, the certificate. */
const LIKE_A_NODE_THAT_IS_DOWN = ['refused', 'timeout', 'reset'];

const SEEN = {
  alive: 'alive',
  dead: 'dead',
  missing: 'missing',
  unknown: 'unknown (its endpoint is not known)',
} as const;

const tableOfSights = (look: ClusterLook, sights: readonly Sight[]): string[] =>
  tableOfGossip(look, (_, { node }) => {
    const mine = sights.filter(({ observer }) => observer.id === node.id);
    const others = mine.map(({ target, seen }) => `${target.address} ${SEEN[seen]}`);
    return sortedAndShort(others).join(', ');
  });
