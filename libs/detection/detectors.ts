import { clusterConsensus } from './cluster-consensus.js';
import { coreLoad } from './core-load.js';
import type { Detector } from './detector.js';
import { diskUsage } from './disk-usage.js';
import { frequentElections } from './frequent-elections.js';
import { leaderMismatch } from './leader-mismatch.js';
import { memoryUsage } from './memory-usage.js';
import { nodeOutOfSync } from './node-out-of-sync.js';
import { unreachableNode } from './unreachable-node.js';

/** Every detector there is. */
export const DETECTORS: readonly Detector[] = [
  clusterConsensus,
  coreLoad,
  diskUsage,
  frequentElections,
  leaderMismatch,
  memoryUsage,
  nodeOutOfSync,
  unreachableNode,
];
