/**
 * The scenarios that come with the sandbox: one for each kind of issue, a day on which nothing may open, and a bad one.
 * The files are read at build time, so that they are found wherever the built program runs.
 */
import badDay from './bad-day.json' with { type: 'json' };
import calm from './calm.json' with { type: 'json' };
import clusterConsensus from './cluster-consensus.json' with { type: 'json' };
import coreLoad from './core-load.json' with { type: 'json' };
import diskUsage from './disk-usage.json' with { type: 'json' };
import frequentElections from './frequent-elections.json' with { type: 'json' };
import leaderMismatch from './leader-mismatch.json' with { type: 'json' };
import memoryUsage from './memory-usage.json' with { type: 'json' };
import nodeOutOfSync from './node-out-of-sync.json' with { type: 'json' };
import unreachableNode from './unreachable-node.json' with { type: 'json' };

/** By name, as their files hold them. */
export const SHIPPED_SCENARIOS: Readonly<Record<string, unknown>> = {
  'core-load': coreLoad,
  'disk-usage': diskUsage,
  'memory-usage': memoryUsage,
  'cluster-consensus': clusterConsensus,
  'frequent-elections': frequentElections,
  'leader-mismatch': leaderMismatch,
  'node-out-of-sync': nodeOutOfSync,
  'unreachable-node': unreachableNode,
  calm,
  'bad-day': badDay,
};

export const findShippedScenario = (name: string): unknown =>
  Object.hasOwn(SHIPPED_SCENARIOS, name) ? SHIPPED_SCENARIOS[name] : undefined;
