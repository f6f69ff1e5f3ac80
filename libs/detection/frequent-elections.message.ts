import type { ClusterLook } from './detector.js';
import { leadsAccordingTo, nameOf, tableOfGossip } from './gossip-table.js';
import type { GossipMember } from './observation.js';
import { formatMoment, formatWindow } from './wording.js';

/** The leader changes of an open issue. */
interface Elections {
  readonly sinceMs: number;
  readonly changes: number;
  readonly periodMs: number;
  readonly changesInPeriod: number;
  /** When the latest of them were seen, oldest first. */
  readonly changesMs: readonly number[];
}

/** How often since when, who leads now, when it changed, what to consider, and when it will be over. */
export function describeElections(
  look: ClusterLook,
  leader: GossipMember,
  { sinceMs, changes, periodMs, changesInPeriod, changesMs }: Elections,
  windowMs: number,
): string {
  const window = formatWindow(windowMs);
  return [
    `The leader of cluster ${look.cluster.name} changed ${changes} times since ${formatMoment(sinceMs)}; more than once within ${window} is too often. ` +
      `${nameOf(leader)} leads now. ${latestOf(changesMs, changes)} ` +
      'Consider checking the network between the nodes, the load and the disk latency of the nodes that led, and whether the timeouts of gossip and heartbeats suit them.',
    outlookOf(periodMs, periodMs + windowMs, changesInPeriod, windowMs),
    ...tableOfGossip(look, leadsAccordingTo),
  ].join('\n');
}

export function describeSteadiness(
  look: ClusterLook,
  leader: GossipMember,
  { sinceMs, changes, periodMs, changesInPeriod }: Omit<Elections, 'changesMs'>,
): string {
  const times = changesInPeriod === 0 ? 'not changed' : 'changed only once';
  return (
    `The leader of cluster ${look.cluster.name} has ${times} since ${formatMoment(periodMs)}. ` +
    `${nameOf(leader)} leads. It had changed ${changes} times in all since ${formatMoment(sinceMs)}.`
  );
}

/** With more than one change in the period it will not close at its end, but another window later at the earliest. */
const outlookOf = (periodMs: number, endMs: number, changes: number, windowMs: number): string =>
  changes <= 1
    ? `This closes at ${formatMoment(endMs)}, unless the leader changes ${changes === 0 ? 'more than once' : 'again'} before.`
    : `It has changed ${changes} times since ${formatMoment(periodMs)}, so this stays open until ${formatMoment(endMs + windowMs)} at least.`;

function latestOf(changesMs: readonly number[], changes: number): string {
  const times = [...new Set(changesMs.map(formatMoment))].join(', ');
  return changes > changesMs.length
    ? `The latest changes were seen at ${times}.`
    : `The changes were seen at ${times}.`;
}
