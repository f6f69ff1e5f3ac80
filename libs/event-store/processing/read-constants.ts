import type { Value } from './expressions/value.js';
import { isVariable, type Constants } from './expressions/variables.js';
import type { ProcessingProblem } from './invalid-processing.js';

const MAX_LEVELS = 8;

/**
 * The constants of `add_base_env`. In cc-lib they are known to conditions only when they are compiled, and nil when messages
 * come; here they are what its documentation says.
 */
export function readConstants(
  raw: Readonly<Record<string, unknown>>,
  path: string,
  warnings: string[],
  problems: ProcessingProblem[],
): Constants {
  for (const name of Object.keys(raw))
    if (isVariable(name))
      warnings.push(`${path}.${name} is ignored: in conditions this is something of the message`);
  return readMap(raw, path, problems, 1);
}

function readMap(
  raw: object,
  path: string,
  problems: ProcessingProblem[],
  level: number,
): ReadonlyMap<string, Value> {
  const values = new Map<string, Value>();
  for (const [key, value] of Object.entries(raw) as [string, unknown][]) {
    const place = `${path}.${key}`;
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
      values.set(key, value);
    else if (typeof value === 'object' && value !== null && !Array.isArray(value) && level < MAX_LEVELS)
      values.set(key, readMap(value, place, problems, level + 1));
    else
      problems.push({ path: place, reason: 'must be text, a number, true or false, or an object of these' });
  }
  return values;
}
