import type { Place } from './findings.js';
import type { JsonObject, JsonValue } from './json-text.js';

/** An object of settings, and what to call it. */
export interface Section {
  readonly object: JsonObject;
  readonly place: Place;
}

/** Of keys that are not known: why, when it is known what their writer meant. */
export type Advice = Readonly<Record<string, string>>;

/** The object at a place; undefined, and said, when something else is there. */
export function readObject(value: JsonValue | undefined, place: Place): JsonObject | undefined {
  if (isObject(value)) return value;
  place.refuse(`must be an object in braces, not ${typeName(value)}`);
  return undefined;
}

/**
 * The members of an object under the names that are known, whatever their case; of two spellings the last one counts, and
 * null is as good as nothing. All of it is as Go reads objects. What else is there is warned of.
 */
export function readMembers(
  object: JsonObject,
  known: readonly string[],
  place: Place,
  advice: Advice = {},
): JsonObject {
  const names = new Map(known.map((name) => [folded(name), name]));
  const members = Object.create(null) as JsonObject;
  const seen = new Set<string>();
  for (const [key, value] of Object.entries(object)) {
    const name = names.get(folded(key));
    if (name === undefined) {
      place
        .at(key)
        .warn(Object.hasOwn(advice, folded(key)) ? advice[folded(key)]! : 'is not known, and ignored');
      continue;
    }
    if (seen.has(name)) place.at(key).warn('is there in another spelling, too; the last one counts');
    seen.add(name);
    if (value !== null) members[name] = value;
  }
  return members;
}

/** One member as `readMembers` finds it, without a word about the others. */
export function memberNamed(name: string, object: JsonObject): JsonValue | undefined {
  const isIt = (key: string): boolean => folded(key) === folded(name) && object[key] !== null;
  const key = Object.keys(object).findLast(isIt);
  return key === undefined ? undefined : object[key];
}

/** Takes settings out that are an empty text: their defaults count, with a warning. */
export function leaveOutEmpty(members: JsonObject, keys: readonly string[], place: Place): void {
  for (const key of keys) {
    if (members[key] !== '') continue;
    place.at(key).warn('is empty; its default counts');
    delete members[key];
  }
}

/** Says nothing of the value itself, which may be a password. */
export function typeName(value: JsonValue | undefined): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'number' && !Number.isSafeInteger(value)) return 'a fraction or a huge number';
  if (typeof value === 'boolean') return String(value);
  return { object: 'an object', string: 'text', number: 'a number' }[typeof value as 'string'];
}

export const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const folded = (key: string): string => key.toLowerCase();
