import { z } from 'zod';
import { cronText, filterBody, shortestGapMs, timeZoneText } from '../delivery/index.js';
import { badRequest } from '../domain/index.js';
import { fieldProblems } from '../rest/index.js';
import type { SinkDefinition } from '../sinks/index.js';

const MAX_STORM_THRESHOLD = 10_000;
const DEFAULT_STORM_THRESHOLD = 20;
const HOUR_MS = 60 * 60_000;

const drill = z
  .strictObject({ cron: cronText, timeZone: timeZoneText.default('UTC') })
  .refine(({ cron }) => (shortestGapMs(cron, new Date()) ?? Infinity) >= HOUR_MS, {
    path: ['cron'],
    error: 'must leave at least an hour between two fire drills',
  });

/** What every sink's integrations have beside the contract's data. */
const COMMON = {
  filter: filterBody.default({}).describe('Only what fits is shown at all; {} lets everything through'),
  stormThreshold: z
    .number()
    .int()
    .min(0)
    .max(MAX_STORM_THRESHOLD)
    .default(DEFAULT_STORM_THRESHOLD)
    .describe('More issues than this that open within a minute are shown in one message; 0 never'),
  drill: drill.nullable().default(null).describe('When a fire drill is sent; null for never'),
};

const schemaOf = ({ settings }: SinkDefinition) => z.strictObject({ ...COMMON, ...settings.shape });

/** The settings of an integration, with a default for all that it says nothing of. */
export type IntegrationSettings = z.output<z.ZodObject<typeof COMMON>> & Readonly<Record<string, unknown>>;

/** Settings that the hub itself gives an integration. */
export const givenSettings = (
  definition: SinkDefinition,
  integrationId: string,
): Readonly<Record<string, string>> =>
  definition.delivers === 'streams' ? (definition.given?.(integrationId) ?? {}) : {};

/**
 * The same without what the hub itself gives, which comes back from whoever read it before. Throws a 400 when it is another.
 */
export function withoutGiven(
  settings: Readonly<Record<string, unknown>>,
  given: Readonly<Record<string, string>>,
  path: readonly string[] = [],
): Readonly<Record<string, unknown>> {
  const changed = Object.keys(given).filter((name) => name in settings && settings[name] !== given[name]);
  if (changed.length > 0)
    throw badRequest(
      Object.fromEntries(
        changed.map((name) => [[...path, name].join('.'), 'is given by the hub and cannot be changed']),
      ),
    );
  return Object.fromEntries(Object.entries(settings).filter(([name]) => !(name in given)));
}

/**
 * Checks settings as somebody sent them. Throws a 400 naming every member that does not fit, and every one that the
 * sink does not know, at `path`.
 */
export function readSettings(
  definition: SinkDefinition,
  settings: Readonly<Record<string, unknown>>,
  path: readonly string[] = [],
): IntegrationSettings {
  const read = schemaOf(definition).safeParse(settings);
  if (!read.success) throw badRequest(fieldProblems(read.error.issues, path));
  return read.data;
}

/** Stored settings as they work: what was stored before a member came into being has its default. */
export function effectiveSettings(
  definition: SinkDefinition,
  stored: Readonly<Record<string, unknown>>,
): IntegrationSettings {
  const read = schemaOf(definition).safeParse(stored);
  return read.success ? read.data : { ...COMMON_DEFAULTS, ...stored };
}

const COMMON_DEFAULTS = z.object(COMMON).parse({});

/** How the settings of each sink look, for the OpenAPI document. */
export const describeSettings = (sinks: readonly SinkDefinition[]): Record<string, unknown> => ({
  anyOf: sinks.map((sink) => {
    const { $schema: _, ...schema } = z.toJSONSchema(schemaOf(sink), { io: 'input', unrepresentable: 'any' });
    return { title: sink.label, ...schema };
  }),
});
