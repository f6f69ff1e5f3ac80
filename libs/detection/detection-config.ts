import type { Detector, Pace, Round } from './detector.js';
import { DETECTORS } from './detectors.js';

/** What one detector is to do at one cluster. */
export interface DetectorConfig {
  readonly isEnabled: boolean;
  /** By the names under which the detector reads them; durations in milliseconds. */
  readonly values: Readonly<Record<string, number>>;
}

/** The hub's values of all settings by kind and name, and its pace. */
export interface DetectionDefaults {
  readonly values: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly pace: Readonly<Record<Round, Pace>>;
}

/**
 * A cluster's own: by kind, then by the setting's name in the API, as written there (`{"window":"2m","threshold":85}`);
 * `enabled: false` switches the detector off. What is absent is as the hub has it.
 */
export type DetectionOverrides = Readonly<
  Record<string, Readonly<Record<string, string | number | boolean>> | undefined>
>;

/** What the detector is to do at a cluster with these overrides. An override that cannot be read any more counts as absent. */
export function configOf(
  detector: Detector,
  defaults: DetectionDefaults,
  overrides: DetectionOverrides,
): DetectorConfig {
  const own = overrides[detector.kind] ?? {};
  const values = Object.entries(detector.settings).map(([key, { name, schema, fallback }]) => {
    const given = own[name] === undefined ? undefined : schema.safeParse(String(own[name])).data;
    return [key, given ?? defaults.values[detector.kind]?.[key] ?? schema.parse(fallback)];
  });
  return { isEnabled: own['enabled'] !== false, values: Object.fromEntries(values) };
}

/** Every environment variable of the detectors, in the order of the list. */
export const detectorSettings = () =>
  DETECTORS.flatMap(({ kind, settings }) =>
    Object.entries(settings).map(([key, setting]) => ({ kind, key, setting })),
  );
