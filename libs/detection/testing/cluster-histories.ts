import fc from 'fast-check';
import type { ClusterLook } from '../detector.js';
import type { GossipMember, NodeObservations } from '../observation.js';
import { clusterLook, endpointOf, silent } from './looks.js';

/** What is the matter with the simulated cluster; nodes are counted from 0. */
interface Condition {
  readonly size: number;
  leader: number | null;
  epoch: number;
  position: number;
  showsEpochs: boolean;
  readonly dead: Set<number>;
  /** Sees no other, nor is it seen; goes on believing what it last knew of the leader. */
  readonly cutOff: Set<number>;
  readonly lagging: Set<number>;
  /** Does not answer us; the others see it. */
  readonly silent: Set<number>;
  readonly replicas: Set<number>;
  /** What the nodes that are cut off go by. */
  formerLeader: number | null;
}

const ACTIONS = [
  'elect',
  'elect',
  're-elect',
  'unseat',
  'die',
  'cut',
  'cut',
  'lag',
  'lag',
  'silence',
  'mend',
  'mend-all',
  'mend-all',
  'mend-all',
  'mend-all',
  'epochs',
] as const;

function act(condition: Condition, action: (typeof ACTIONS)[number], which: number): void {
  const node = which % condition.size;
  const faults = [condition.dead, condition.cutOff, condition.lagging, condition.silent];
  if (action === 'elect' || action === 're-elect') {
    condition.formerLeader = condition.leader;
    if (action === 'elect') condition.leader = node;
    condition.epoch += 1;
  }
  if (action === 'unseat') condition.leader = null;
  if (action === 'die') condition.dead.add(node);
  if (action === 'cut') condition.cutOff.add(node);
  if (action === 'lag') condition.lagging.add(node);
  if (action === 'silence') condition.silent.add(node);
  if (action === 'mend') for (const fault of faults) fault.delete(node);
  if (action === 'mend-all') {
    for (const fault of faults) fault.clear();
    condition.leader ??= node;
  }
  if (action === 'epochs') condition.showsEpochs = !condition.showsEpochs;
}

const isApart = ({ cutOff }: Condition, one: number, other: number): boolean =>
  one !== other && (cutOff.has(one) || cutOff.has(other));

/** The row that `observer` has of `member`. */
function rowOf(condition: Condition, observer: number, member: number): GossipMember {
  const { leader, formerLeader, epoch, position, lagging, dead, replicas, showsEpochs, cutOff } = condition;
  const itsLeader = cutOff.has(observer) ? formerLeader : leader;
  const followed = itsLeader === null ? 'Unknown' : 'Follower';
  const itsEpoch = cutOff.has(observer) ? Math.max(0, epoch - 1) : epoch;
  return {
    endpoint: endpointOf(hostOf(member)),
    state: member === itsLeader ? 'Leader' : replicas.has(member) ? 'ReadOnlyReplica' : followed,
    isAlive: observer === member || (!dead.has(member) && !isApart(condition, observer, member)),
    isReadOnlyReplica: replicas.has(member),
    writerCheckpoint: lagging.has(member) && member !== itsLeader ? position - 5_000 : position,
    epochNumber: showsEpochs ? itsEpoch : null,
    version: '24.10.0',
  };
}

const hostOf = (node: number): string => `n${node + 1}`;

function answerOf(condition: Condition, node: number): NodeObservations {
  if (condition.dead.has(node) || condition.silent.has(node)) return silent('timeout');
  const members = Array.from({ length: condition.size }, (_, member) => rowOf(condition, node, member));
  // The time is that of the look; it is put in there.
  const answered = <Value>(value: Value) => ({ at: '', ok: true, value }) as const;
  const gossip = answered({ members, self: endpointOf(hostOf(node)) });
  return condition.lagging.has(node)
    ? { gossip, laterSelf: answered(rowOf(condition, node, node)) }
    : { gossip };
}

const lookAt = (seconds: number, condition: Condition): ClusterLook =>
  clusterLook(
    seconds,
    Object.fromEntries(
      Array.from({ length: condition.size }, (_, node) => [hostOf(node), answerOf(condition, node)]),
    ),
  );

/**
 * Histories of simulated clusters of up to five nodes, looked at every 30 s or so: leaders come and go, nodes die, are
 * cut off, lag, do not answer, and are mended; now and then time is missing or the clock steps back.
 */
export const clusterHistories: fc.Arbitrary<readonly ClusterLook[]> = fc
  .record({
    size: fc.constantFrom(1, 2, 3, 3, 3, 4, 5),
    hasReplica: fc.nat(4).map((drawn) => drawn === 0),
    turns: fc.array(
      fc.record({
        action: fc.constantFrom(...ACTIONS),
        which: fc.nat(4),
        looks: fc.constantFrom(1, 2, 4, 8, 9),
        afterSeconds: fc.constantFrom(30, 30, 30, 30, 29.2, 33, 31.4, 95, 200, 4_000, -45, -4_000),
      }),
      { minLength: 1, maxLength: 8 },
    ),
  })
  .map(({ size, hasReplica, turns }) => {
    const condition: Condition = {
      size,
      leader: 0,
      formerLeader: 0,
      epoch: 3,
      position: 100_000,
      showsEpochs: true,
      dead: new Set(),
      cutOff: new Set(),
      lagging: new Set(),
      silent: new Set(),
      replicas: new Set(hasReplica && size > 2 ? [size - 1] : []),
    };
    let now = 0;
    return turns.flatMap(({ action, which, looks, afterSeconds }) => {
      act(condition, action, which);
      return Array.from({ length: looks }, (_, index) => {
        now += index === 0 ? afterSeconds : 30;
        condition.position += 1_000;
        return lookAt(now, condition);
      });
    });
  });
