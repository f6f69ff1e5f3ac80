import { InvalidProcessing } from './invalid-processing.js';
import { processingSchema, RULE_KEYS, type ProcessingSettings } from './processing-schema.js';
import { UNIT_STAGES } from './stage-names.js';

/** Checks the shape of a `process_messages`, and adds to the warnings. Throws an `InvalidProcessing` for a wrong one. */
export function readSettings(raw: unknown, path: string, warnings: string[]): ProcessingSettings {
  const given = inLowerCase(raw);
  const { data, error } = processingSchema.safeParse(given);
  if (error)
    throw new InvalidProcessing(
      error.issues.map((issue) => ({
        path: [path, ...issue.path].map(String).join('.'),
        reason: issue.message
          .replace(/^Invalid (?:input|option): expected/u, 'must be')
          .replace(', received', ', not'),
      })),
    );
  for (const [key, value] of Object.entries(given as object)) {
    if (UNIT_STAGES.has(key))
      warnings.push(`${path}.${key} is ignored: it changes units of metrics, and those are not stored`);
    else if (!Object.hasOwn(processingSchema.shape, key))
      warnings.push(`${path}.${key} is not known, and ignored`);
    else if (key.endsWith('_if') && Array.isArray(value)) warnOfRules(value, `${path}.${key}`, warnings);
  }
  return data;
}

/** Its keys and those of its rules, as Go takes them in any case. Names of messages are as they are. */
function inLowerCase(raw: unknown): unknown {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return raw;
  return Object.fromEntries(
    Object.entries(raw).map(([key, value]: [string, unknown]) => [
      key.toLowerCase(),
      Array.isArray(value) ? value.map(inLowerCase) : value,
    ]),
  );
}

function warnOfRules(rules: readonly unknown[], path: string, warnings: string[]): void {
  for (const [index, rule] of rules.entries()) {
    if (typeof rule !== 'object' || rule === null) continue;
    for (const key of Object.keys(rule))
      if (!RULE_KEYS.has(key)) warnings.push(`${path}.${index}.${key} is not known, and ignored`);
  }
}
