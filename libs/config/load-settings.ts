import { DETECTION_SETTINGS, detectionDefaults } from './detection-settings.js';
import { SETTINGS, type SettingDefinition, type Settings } from './settings.js';

/** The environment does not make sense; `message` has a line for each setting, naming it and what is wrong. */
export class InvalidSettings extends Error {
  constructor(readonly problems: readonly string[]) {
    super(`The settings are not usable:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.name = 'InvalidSettings';
  }
}

/** Every setting there is, in the order of the README's table. */
export const ALL_SETTINGS: Readonly<Record<string, SettingDefinition>> = {
  ...SETTINGS,
  ...DETECTION_SETTINGS,
};

/**
 * Reads the settings from environment variables. An empty value counts as unset.
 * Throws `InvalidSettings` naming every bad setting, and every `SPILLWAY_…` variable that does not exist.
 */
export function loadSettings(environment: NodeJS.ProcessEnv = process.env): Settings {
  const problems: string[] = [];
  const settings: Record<string, unknown> = {};
  for (const [name, definition] of Object.entries(ALL_SETTINGS)) {
    const text = environment[name] === '' ? undefined : environment[name];
    const result = definition.schema.safeParse(text ?? definition.default);
    if (result.success) settings[name] = result.data;
    else problems.push(...result.error.issues.map((issue) => `${name} ${issue.message}`));
  }
  for (const name of Object.keys(environment)) {
    if (name.startsWith('SPILLWAY_') && !(name in ALL_SETTINGS))
      problems.push(`${name} is no setting of Spillway`);
  }
  if (problems.length === 0) problems.push(...contradictions(settings));
  if (problems.length > 0) throw new InvalidSettings(problems);
  const general = settings as unknown as Omit<Settings, 'detection'>;
  return { ...general, detection: detectionDefaults(settings, general) };
}

/** What cannot be said of one setting alone. */
function contradictions(settings: Readonly<Record<string, unknown>>): string[] {
  const [issuer, audience] = ['SPILLWAY_OIDC_ISSUER', 'SPILLWAY_OIDC_AUDIENCE'] as const;
  if (settings[issuer] !== undefined && settings[audience] === undefined)
    return [
      `${audience} must be set with ${issuer}: without it, tokens for any other service of that issuer would be good here`,
    ];
  if (settings[issuer] === undefined && settings[audience] !== undefined)
    return [`${audience} must not be set without ${issuer}`];
  return [];
}
