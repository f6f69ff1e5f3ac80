import type { Settings } from '../config/index.js';
import type { DetectionSettings } from '../detection/index.js';

/** This many polls may be missed in a row before the time between two samples counts as unwatched. */
const PERMITTED_GAP_POLLS = 3;

/** The detectors' part of the environment. */
export const detectionSettings = (settings: Settings): DetectionSettings => ({
  diskThresholdPercent: settings.SPILLWAY_DISK_THRESHOLD,
  diskWindowMs: settings.SPILLWAY_DISK_WINDOW,
  consensusConfirmAfterMs: settings.SPILLWAY_CONSENSUS_CONFIRM_AFTER,
  hostMaxGapMs: PERMITTED_GAP_POLLS * settings.SPILLWAY_HOST_INTERVAL,
  gossipMaxGapMs: PERMITTED_GAP_POLLS * settings.SPILLWAY_GOSSIP_INTERVAL,
});
