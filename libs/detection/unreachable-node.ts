import { z } from 'zod';
import type { ClusterDetector } from './detector.js';
import { blindWithoutAnswer, offWithoutPeers } from './gossip-view.js';
import { endpointsAfter, sightsOf, type Sight } from './node-sight.js';
import { NO_FAULT, persistentFault, stepFault } from './persistent-fault.js';
import { durationSetting } from './setting.js';
import { describeReachable, describeUnreachable, type Unseen } from './unreachable-node.message.js';

const settings = {
  windowMs: durationSetting({
    name: 'window',
    env: 'SPILLWAY_UNREACHABLE_WINDOW',
    fallback: '3m',
    what: 'How long a node must be unreachable from another, and how long all must have been reachable until the issue closes',
  }),
};

const unreachableState = persistentFault.extend({
  /** By the node's id: under which endpoint the others know it. A node that does not answer cannot tell. */
  endpoints: z.record(z.string(), z.string()),
});
type UnreachableState = z.infer<typeof unreachableState>;

const initial: UnreachableState = { ...NO_FAULT, endpoints: {} };

/**
 * A node is unreachable from another when the other's gossip shows it dead, or not at all. Opens when one node was so
 * from one other at all looks of a covered window at which the other answered. Closes when all nodes answered and saw
 * each other at all looks of another window, the first of them after the opening; looks at which some did not answer
 * count neither way, except that a node that is still not seen begins that window anew.
 */
export const unreachableNode: ClusterDetector<UnreachableState, typeof settings> = {
  kind: 'unreachable-node',
  scope: 'cluster',
  reads: 'gossip',
  settings,
  initial,
  restore: (json) => unreachableState.safeParse(json).data ?? initial,
  offBecause: offWithoutPeers,
  blindBecause: blindWithoutAnswer,
  evaluate(before, look, pace) {
    const endpoints = endpointsAfter(before.endpoints, look);
    const sights = sightsOf(look, endpoints);
    const parts = sights.map((sight) => ({ key: keyOf(sight), isFaulty: IS_FAULTY[sight.seen] }));
    const { state: after, verdict } = stepFault(before, parts, look.at.getTime(), pace);
    const state = { ...after, endpoints };
    if (verdict === undefined) return { state, transitions: [] };
    const message =
      'faultySinceMs' in verdict
        ? describeUnreachable(look, sights, unseenOf(sights, verdict.faultySinceMs), pace.windowMs)
        : describeReachable(look, sights, verdict);
    const { event } = verdict;
    return { state, transitions: [{ event, severity: 'critical', message, nodeId: null, time: look.at }] };
  },
};

const IS_FAULTY = { alive: false, dead: true, missing: true, unknown: undefined } as const;

const keyOf = ({ observer, target }: Sight): string => `${observer.id} ${target.id}`;

const unseenOf = (sights: readonly Sight[], sinceMsByKey: ReadonlyMap<string, number>): Unseen[] =>
  sights.flatMap((sight) => {
    const sinceMs = sinceMsByKey.get(keyOf(sight));
    return sinceMs === undefined ? [] : [{ ...sight, sinceMs }];
  });
