import { clusterConsensus } from './cluster-consensus.js';
import type { Detector } from './detector.js';
import { diskUsage } from './disk-usage.js';

/** Every detector there is. */
export const DETECTORS: readonly Detector[] = [clusterConsensus, diskUsage];
