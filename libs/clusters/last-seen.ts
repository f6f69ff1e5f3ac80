import type { ClusterLook, NodeObservations, Round, WatchedNode } from '../detection/index.js';
import { coresOf, type ClusterNodeEntity } from '../persistence/index.js';

/** The latest round of one kind: what each node said, by its id. */
export interface LatestRound {
  readonly at: Date;
  /** False when rounds should have followed long ago: then it tells nothing of the present. */
  readonly isRecent: boolean;
  readonly observations: ReadonlyMap<string, NodeObservations>;
}

/** What was last seen of a cluster. */
export interface LastSeen {
  readonly now: Date;
  readonly rounds: Readonly<Partial<Record<Round, LatestRound>>>;
  /** By node: earlier answers of endpoints that failed in the latest rounds. */
  readonly earlier: ReadonlyMap<string, NodeObservations>;
}

/** A value with the time at which it was observed. */
export interface Dated<Value> {
  readonly value: Value;
  readonly at: string;
  readonly ageSeconds: number;
}

export function dated<Value>(value: Value, at: string, now: Date): Dated<Value> {
  return { value, at, ageSeconds: Math.max(0, Math.round((now.getTime() - Date.parse(at)) / 1_000)) };
}

/** What all endpoints of the node said in the latest rounds; `onlyRecent` leaves out rounds that are too old. */
export function latestOf(seen: LastSeen, nodeId: string, { onlyRecent = false } = {}): NodeObservations {
  const rounds = Object.values(seen.rounds).filter(({ isRecent }) => isRecent || !onlyRecent);
  return Object.assign({}, ...rounds.map(({ observations }) => observations.get(nodeId))) as NodeObservations;
}

/** The cluster as it is registered now, with what its nodes said in the latest round of that kind. */
export function presentLook(
  name: string,
  nodes: readonly ClusterNodeEntity[],
  seen: LastSeen,
  round: Round,
): ClusterLook {
  const latest = seen.rounds[round];
  return {
    cluster: { name },
    at: latest?.at ?? seen.now,
    nodes: nodes.map((node) => ({
      node: watchedNode(node),
      observations: latest?.observations.get(node.id) ?? {},
    })),
  };
}

const watchedNode = (node: ClusterNodeEntity): WatchedNode => ({
  id: node.id,
  address: node.address,
  cores: coresOf(node),
  memoryBytes: node.memoryBytes,
});
