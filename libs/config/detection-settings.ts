import { detectorSettings, type DetectionDefaults } from '../detection/index.js';
import type { SettingDefinition } from './settings.js';

/** This many polls may be missed in a row before the time between two looks counts as unwatched. */
const PERMITTED_GAP_POLLS = 3;
/** However short the interval: a round with a node that does not answer takes 5 s, and one more may follow late. */
const LEAST_GAP_MS = 15_000;

/** The environment variables that the detectors declare, by name. */
export const DETECTION_SETTINGS: Readonly<Record<string, SettingDefinition>> = Object.fromEntries(
  detectorSettings().map(({ setting: { env, schema, fallback, what } }) => [
    env,
    { schema, what, default: fallback },
  ]),
);

interface Intervals {
  readonly SPILLWAY_GOSSIP_INTERVAL: number;
  readonly SPILLWAY_HOST_INTERVAL: number;
}

/** The detectors' part of what was read, by kind and name. */
export function detectionDefaults(
  read: Readonly<Record<string, unknown>>,
  { SPILLWAY_GOSSIP_INTERVAL: gossip, SPILLWAY_HOST_INTERVAL: host }: Intervals,
): DetectionDefaults {
  const values: Record<string, Record<string, number>> = {};
  for (const { kind, key, setting } of detectorSettings()) {
    values[kind] = { ...values[kind], [key]: read[setting.env] as number };
  }
  const paceOf = (intervalMs: number) => ({
    maxGapMs: Math.max(PERMITTED_GAP_POLLS * intervalMs, LEAST_GAP_MS),
  });
  return { values, pace: { gossip: paceOf(gossip), host: paceOf(host) } };
}
