import { z } from 'zod';
import { DETECTORS, type Detector, type DetectorSetting } from '../detection/index.js';

/** A change of a cluster's own detection settings: by kind, then by the setting's name; null takes back. */
export type DetectionChange = Readonly<
  Record<string, Readonly<Record<string, string | number | boolean | null | undefined>> | null | undefined>
>;

/**
 * The schema of a cluster's `detection`, from what the detectors declare: durations are text, other settings numbers.
 * Kinds and members that no detector knows are refused. A member that is null goes back to the hub's value, a kind
 * that is null goes back with all its members.
 */
export const detectionChange = (
  detectors: readonly Pick<Detector, 'kind' | 'settings'>[] = DETECTORS,
): z.ZodType<DetectionChange> =>
  z.strictObject(
    Object.fromEntries(detectors.map((detector) => [detector.kind, membersOf(detector).nullish()])),
  );

function membersOf({ settings }: Pick<Detector, 'settings'>) {
  const enabled = z.boolean().nullish().describe('false switches the detector off for this cluster');
  const members = Object.values(settings).map((setting) => [setting.name, memberOf(setting)] as const);
  return z.strictObject({ enabled, ...Object.fromEntries(members) });
}

/** For readers of the OpenAPI document; what is checked is the setting's own schema. */
const DURATION = String.raw`^\d{1,9}(ms|s|m|h|d)$`;

function memberOf(setting: DetectorSetting): z.ZodType<string | number | null | undefined> {
  const { unit, what: description, fallback } = setting;
  const checked = (value: string | number, context: z.RefinementCtx) => {
    for (const { message } of setting.schema.safeParse(String(value)).error?.issues ?? [])
      context.addIssue({ code: 'custom', message });
  };
  return unit === 'duration'
    ? z
        .string('must be a duration: 500ms, 30s, 5m, 1h or 2d')
        .trim()
        .superRefine(checked)
        .meta({ description, examples: [fallback], pattern: DURATION })
        .nullish()
    : z
        .number()
        .superRefine(checked)
        .meta({ description, examples: [Number(fallback)] })
        .nullish();
}
