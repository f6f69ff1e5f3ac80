import {
  configOf,
  type DetectionDefaults,
  type DetectionOverrides,
  type Detector,
  type DetectorSetting,
} from '../detection/index.js';

/** A detector's setting at a cluster, as it is written: `"1m"`, `80`. */
export interface SettingView {
  readonly value: string | number;
  /** What it is where the cluster has none of its own. */
  readonly default: string | number;
  readonly isOverridden: boolean;
}

const UNITS_MS = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000 } as const;

/** A duration as it is written in settings, in the largest unit without a remainder. */
export function writeDuration(durationMs: number): string {
  const unit = Object.entries(UNITS_MS).find(([, ms]) => durationMs > 0 && durationMs % ms === 0);
  return unit === undefined ? `${durationMs}ms` : `${durationMs / unit[1]}${unit[0]}`;
}

/** The detector's settings by their names in the API. */
export function settingViews(
  detector: Detector,
  defaults: DetectionDefaults,
  overrides: DetectionOverrides,
): Record<string, SettingView> {
  const { values } = configOf(detector, defaults, overrides);
  const hubs = configOf(detector, defaults, {}).values;
  const views = Object.entries(detector.settings).map(([key, setting]) => {
    const own = overrides[detector.kind]?.[setting.name];
    const isOverridden = own !== undefined && setting.schema.safeParse(String(own)).success;
    const view = { value: written(setting, values[key]), default: written(setting, hubs[key]), isOverridden };
    return [setting.name, view] as const;
  });
  return Object.fromEntries(views);
}

const written = ({ unit }: DetectorSetting, value = 0): string | number =>
  unit === 'duration' ? writeDuration(value) : value;
