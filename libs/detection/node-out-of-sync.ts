import type { ClusterDetector } from './detector.js';
import { progressOf, type Progress } from './follower-progress.js';
import { blindWithoutAnswer, leaderOf, offWithoutPeers } from './gossip-view.js';
import { describeInSync, describeOutOfSync, type Laggard } from './node-out-of-sync.message.js';
import { NO_FAULT, persistentFault, stepFault, type PersistentFault } from './persistent-fault.js';
import { durationSetting } from './setting.js';

/** The round waits for so long, and with it all that is judged of it. */
const LONGEST_LAG = '15s';

const settings = {
  windowMs: durationSetting({
    name: 'window',
    env: 'SPILLWAY_OUT_OF_SYNC_WINDOW',
    fallback: '3m',
    what: 'How long a follower must be behind its leader, and how long all must have kept up until the issue closes',
  }),
  lagMs: durationSetting(
    {
      name: 'lag',
      env: 'SPILLWAY_OUT_OF_SYNC_LAG',
      fallback: '2s',
      what: 'How much time followers are given to reach the position of their leader, at most 15s',
    },
    LONGEST_LAG,
  ),
};

/**
 * A follower is behind when neither at first nor `lagMs` later it had reached the position that the leader had at first.
 * Opens when one follower was behind at all looks of a covered window that tell of it. Closes when all followers kept up
 * at all looks of another window, the first of them after the opening. A look at which nobody is behind, but of some
 * follower nothing is known, counts neither way.
 */
export const nodeOutOfSync: ClusterDetector<PersistentFault, typeof settings> = {
  kind: 'node-out-of-sync',
  scope: 'cluster',
  reads: 'gossip',
  settings,
  initial: NO_FAULT,
  restore: (json) => persistentFault.safeParse(json).data ?? NO_FAULT,
  offBecause: offWithoutPeers,
  blindBecause(look) {
    const leader = leaderOf(look.nodes);
    if (leader === undefined) return blindWithoutAnswer(look) ?? 'no answer shows a live leader';
    const followers = progressOf(look.nodes, leader);
    return followers.length > 0 && followers.every(({ position }) => position === 'unknown')
      ? 'of no follower is it known how far it is'
      : undefined;
  },
  evaluate(state, look, { windowMs, lagMs, maxGapMs }) {
    const leader = leaderOf(look.nodes);
    if (leader === undefined) return { state, transitions: [] };
    const followers = progressOf(look.nodes, leader);
    const parts = followers.map(({ node, position }) => ({ key: node.id, isFaulty: IS_FAULTY[position] }));
    const { state: after, verdict } = stepFault(state, parts, look.at.getTime(), { windowMs, maxGapMs });
    if (verdict === undefined) return { state: after, transitions: [] };
    const message =
      'faultySinceMs' in verdict
        ? describeOutOfSync(look, leader, laggardsOf(followers, verdict.faultySinceMs), { lagMs, windowMs })
        : describeInSync(look, leader, verdict);
    const { event } = verdict;
    const transition = { event, severity: 'warning' as const, message, nodeId: null, time: look.at };
    return { state: after, transitions: [transition] };
  },
};

const IS_FAULTY = { reached: false, behind: true, unknown: undefined } as const;

const laggardsOf = (followers: readonly Progress[], sinceMsById: ReadonlyMap<string, number>): Laggard[] =>
  followers.flatMap((one) => {
    const sinceMs = sinceMsById.get(one.node.id);
    return sinceMs === undefined ? [] : [{ ...one, sinceMs }];
  });
