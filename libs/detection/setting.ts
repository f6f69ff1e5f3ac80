import { z } from 'zod';
import { parseDurationMs } from '../domain/index.js';

/** How a setting is written: `duration` as text (`30s`, `5m`), the others as a number. */
export type SettingUnit = 'duration' | 'percent' | 'ratio';

/**
 * One threshold or time of a detector. From it follow the environment variable with its row in the README, the member
 * of a cluster's `detection`, and its checks.
 */
export interface DetectorSetting {
  /** As it is called in the API, within its detector: `closeWindow`. */
  readonly name: string;
  /** The environment variable with the hub-wide value. */
  readonly env: `SPILLWAY_${string}`;
  /** What it is when nobody says otherwise, written as in the environment. */
  readonly fallback: string;
  readonly what: string;
  readonly unit: SettingUnit;
  /** From text to the number that detectors count with; durations come out in milliseconds. */
  readonly schema: z.ZodType<number, string>;
}

/** A detector's settings by the name under which it reads them; durations end in `Ms`. */
export type DetectorSettings = Readonly<Record<string, DetectorSetting>>;

/** The values that belong to them. */
export type ValuesOf<Specs extends DetectorSettings> = { readonly [Name in keyof Specs]: number };

type Named = Pick<DetectorSetting, 'name' | 'env' | 'fallback' | 'what'>;

/** No window is longer: what is remembered of a detector must stay small, and an issue must end one day. */
const LONGEST = '7d';

/** `atMost`, itself a duration, is for times during which somebody waits. */
export const durationSetting = (named: Named, atMost = LONGEST): DetectorSetting => ({
  ...named,
  unit: 'duration',
  schema: z.string().transform((text, context) => {
    const ms = parseDurationMs(text);
    if (ms !== undefined && ms <= (parseDurationMs(atMost) ?? 0)) return ms;
    const message =
      ms === undefined ? 'must be a duration: 500ms, 30s, 5m, 1h or 2d' : `must be at most ${atMost}`;
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  }),
});

export const percentSetting = (named: Named): DetectorSetting => numberSetting(named, 'percent', 1, 100);

export const ratioSetting = (named: Named): DetectorSetting => numberSetting(named, 'ratio', 0.01, 1_000);

function numberSetting(named: Named, unit: SettingUnit, minimum: number, maximum: number): DetectorSetting {
  const isInRange = (value: number): boolean => value >= minimum && value <= maximum;
  return {
    ...named,
    unit,
    schema: z
      .string()
      .transform((text) => (text.trim() === '' ? Number.NaN : Number(text)))
      .refine(isInRange, `must be a number from ${minimum} to ${maximum}`),
  };
}
