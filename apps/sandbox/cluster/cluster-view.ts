import type { ClusterModel } from './cluster-model.js';
import type { MemberState } from './model-node.js';

/** One member as one node sees it. */
export interface SeenMember {
  readonly index: number;
  readonly state: MemberState;
  readonly isAlive: boolean;
  /** When the observer last heard of it. */
  readonly heardOfAtMs: number;
  readonly positionBytes: number;
  readonly epochNumber: number;
}

/** What a node tells of others is up to a round of gossip old. */
const GOSSIP_AGE_MS = 1_000;

/** All members as this node sees them. The dead and the unreachable keep the state they had. */
export function seenBy(model: ClusterModel, observer: number): SeenMember[] {
  model.catchUp();
  return model.nodes.flatMap((node, index) =>
    node.isForgotten && index !== observer ? [] : [rowOf(model, observer, index)],
  );
}

/** What a node is by its own account. */
export const ownState = (model: ClusterModel, index: number): MemberState => rowOf(model, index, index).state;

function rowOf(model: ClusterModel, observer: number, index: number): SeenMember {
  const from = model.node(observer);
  const node = model.node(index);
  const isReached = node.group === from.group;
  const isAlive = isReached && node.down === null && !from.blindTo.has(index);
  const ageMs = index === observer ? 0 : GOSSIP_AGE_MS;
  const heardOfAtMs = node.lastHeardOfAtMs ?? model.nowMs() - ageMs;
  return {
    index,
    state: claimed(model, observer, index, trueState(model, index, isReached)),
    isAlive,
    heardOfAtMs,
    positionBytes: model.positionOf(index, heardOfAtMs),
    epochNumber: node.epochNumber,
  };
}

function trueState(model: ClusterModel, index: number, isReached: boolean): MemberState {
  const { state, saidState, down } = model.node(index);
  if (!isReached) return model.stateBeforePartition(index) ?? state;
  if (saidState !== null) return saidState;
  return model.isSettling && state !== 'Leader' && down === null ? 'Unknown' : state;
}

/** Where the observer claims another leader than there is. */
function claimed(model: ClusterModel, observer: number, index: number, state: MemberState): MemberState {
  const { claims } = model.node(observer);
  if (claims === null) return state;
  if (claims === index) return 'Leader';
  if (state !== 'Leader') return state;
  return claims === 'nobody' ? 'Unknown' : 'Follower';
}
