import {
  diskSample,
  leaderAmong,
  leaderOf,
  loadSample,
  memorySample,
  ownRow,
  percentOf,
  type ClusterLook,
  type GossipMember,
  type NodeObservations,
  type Sample,
  type UsedBytes,
} from '../detection/index.js';
import { dated, type Dated } from './last-seen.js';

/** Figures of a node, each of the latest observation that has it; null when none has. */
export interface NodeFigures {
  readonly loadAverage1m: Dated<number> | null;
  /** Load average by core; null also when nobody told how many cores there are. */
  readonly loadPerCore: Dated<number> | null;
  readonly diskUsedPercent: (Dated<number> & UsedBytes & { readonly mount: string }) | null;
  readonly memoryUsedPercent: (Dated<number> & UsedBytes) | null;
  /** How far its log is behind the leader's; null when there is no leader or a position is not known. */
  readonly behindBytes: Dated<number> | null;
  readonly epochNumber: Dated<number> | null;
}

/** The node with what it said at last, and before that where it failed at last. */
export interface SeenNode {
  readonly cores: number | null;
  readonly memoryBytes: number | null;
  readonly latest: NodeObservations;
  readonly earlier: NodeObservations;
}

export function figuresOf(node: SeenNode, gossipLook: ClusterLook, now: Date): NodeFigures {
  const { cores, memoryBytes, latest, earlier } = node;
  const load = loadSample(latest) ?? loadSample(earlier);
  const disk = diskSample(latest) ?? diskSample(earlier);
  const memory = memorySample(latest, memoryBytes) ?? memorySample(earlier, memoryBytes);
  return {
    loadAverage1m: load === undefined ? null : figure(load, load.value, now),
    loadPerCore: load === undefined || cores === null ? null : figure(load, load.value / cores, now),
    diskUsedPercent: disk ? { ...figure(disk, percentOf(disk.value), now), ...disk.value } : null,
    memoryUsedPercent: memory ? { ...figure(memory, percentOf(memory.value), now), ...memory.value } : null,
    ...positionOf(node, gossipLook, now),
  };
}

const figure = ({ atMs }: Sample<unknown>, value: number, now: Date): Dated<number> =>
  dated(Math.round(value * 100) / 100, new Date(atMs).toISOString(), now);

/** An earlier answer is compared with the leader that it names itself: today's has gone on since. */
function positionOf(
  { latest, earlier }: SeenNode,
  gossipLook: ClusterLook,
  now: Date,
): Pick<NodeFigures, 'behindBytes' | 'epochNumber'> {
  const { gossip } = ownRow(latest) === undefined ? earlier : latest;
  const row = ownRow(gossip === undefined ? {} : { gossip });
  if (row === undefined || gossip?.ok !== true) return { behindBytes: null, epochNumber: null };
  const leader = gossip === latest.gossip ? leaderOf(gossipLook.nodes) : leaderAmong(gossip.value.members);
  const behind = leader === undefined ? null : behindBytes(row, leader);
  return {
    behindBytes: behind === null ? null : dated(behind, gossip.at, now),
    epochNumber: row.epochNumber === null ? null : dated(row.epochNumber, gossip.at, now),
  };
}

/** Never negative: the nodes are not asked in the same instant. */
function behindBytes(row: GossipMember, leader: GossipMember): number | null {
  if (row.writerCheckpoint === null || leader.writerCheckpoint === null) return null;
  return Math.max(0, leader.writerCheckpoint - row.writerCheckpoint);
}
