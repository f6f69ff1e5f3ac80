import type { z } from 'zod';
import { SETTINGS, type Settings } from './settings.js';

/** The environment does not make sense; `message` has a line for each setting, naming it and what is wrong. */
export class InvalidSettings extends Error {
  constructor(readonly problems: readonly string[]) {
    super(`The settings are not usable:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.name = 'InvalidSettings';
  }
}

/**
 * Reads the settings from environment variables. An empty value counts as unset.
 * Throws `InvalidSettings` naming every bad setting, and every `SPILLWAY_…` variable that does not exist.
 */
export function loadSettings(environment: NodeJS.ProcessEnv = process.env): Settings {
  const problems: string[] = [];
  const settings: Record<string, unknown> = {};
  for (const [name, definition] of Object.entries(SETTINGS)) {
    const text = environment[name] === '' ? undefined : environment[name];
    const fallback = 'default' in definition ? definition.default : undefined;
    const result = (definition.schema as z.ZodType).safeParse(text ?? fallback);
    if (result.success) settings[name] = result.data;
    else problems.push(...result.error.issues.map((issue) => `${name} ${issue.message}`));
  }
  for (const name of Object.keys(environment)) {
    if (name.startsWith('SPILLWAY_') && !(name in SETTINGS))
      problems.push(`${name} is no setting of Spillway`);
  }
  if (problems.length > 0) throw new InvalidSettings(problems);
  return settings as unknown as Settings;
}
