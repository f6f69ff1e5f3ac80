import { z } from 'zod';
import type { Place } from './findings.js';
import type { JsonObject, JsonValue } from './json-text.js';
import { isObject, readMembers, typeName } from './section.js';

/**
 * What a schema makes of members. Keys of objects in them are read as `readMembers` does. Undefined when something is wrong
 * with them; each wrong thing is said, in words that repeat no value but those which the schema itself repeats.
 */
export function readSettings<Settings>(
  schema: z.ZodObject & z.ZodType<Settings>,
  members: JsonObject,
  place: Place,
): Settings | undefined {
  const nested = readNested(schema, members, place);
  const result = schema.safeParse(nested);
  if (result.success) return result.data;
  for (const issue of result.error.issues) refuse(issue, [], nested, place);
  return undefined;
}

function readNested(schema: z.ZodObject, members: JsonObject, place: Place): JsonObject {
  const entries = Object.entries(members).map(([key, value]): [string, JsonValue] => {
    const inner = isObject(value) ? objectSchemaIn(schema.shape[key]) : undefined;
    if (inner === undefined || !isObject(value)) return [key, value];
    const known = readMembers(value, Object.keys(inner.shape), place.at(key));
    return [key, readNested(inner, known, place.at(key))];
  });
  return Object.fromEntries(entries);
}

/** The schema of an object that may be absent, or something else. */
function objectSchemaIn(schema: z.core.$ZodType | undefined): z.ZodObject | undefined {
  if (schema instanceof z.ZodObject) return schema;
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault)
    return objectSchemaIn(schema.unwrap());
  if (!(schema instanceof z.ZodUnion)) return undefined;
  return schema.options.map(objectSchemaIn).find((found) => found !== undefined);
}

function refuse(issue: z.core.$ZodIssue, base: readonly string[], members: JsonObject, place: Place): void {
  const path = [...base, ...issue.path.map(String)];
  const value = valueAt(members, path);
  if (issue.code !== 'invalid_union' || !isOfZod(issue))
    return place.at(...path).refuse(reasonOf(issue, value));
  // Of a union that alternative speaks which takes the type.
  const fitting = issue.errors.find(([first]) => first?.code !== 'invalid_type' || first.path.length > 0);
  if (fitting !== undefined) return fitting.forEach((inner) => refuse(inner, path, members, place));
  const wanted = issue.errors.flat().map(wantedBy).join(' or ');
  place.at(...path).refuse(`must be ${wanted}, not ${typeName(value)}`);
}

const WANTED: Readonly<Record<string, string>> = {
  string: 'text',
  int: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};
const wantedBy = (issue: z.core.$ZodIssue): string =>
  issue.code === 'invalid_type' ? (WANTED[issue.expected] ?? issue.expected) : issue.message;

/** Whether nobody has written a message of their own. */
const isOfZod = ({ message }: z.core.$ZodIssue): boolean =>
  /^(Invalid|Too (small|big)|Unrecognized)\b/.test(message);

function reasonOf(issue: z.core.$ZodIssue, value: JsonValue | undefined): string {
  if (!isOfZod(issue)) return issue.message.replace(/\.$/, '');
  if (value === undefined)
    return issue.code === 'invalid_type' ? `is missing: it must be ${wantedBy(issue)}` : 'is missing';
  if (issue.code === 'invalid_type') return `must be ${wantedBy(issue)}, not ${typeName(value)}`;
  if (issue.code === 'invalid_value')
    return `must be ${issue.values.map((one) => JSON.stringify(one)).join(' or ')}`;
  if (issue.code === 'too_small')
    return issue.origin === 'string' ? 'must not be empty' : `must be at least ${issue.minimum}`;
  if (issue.code !== 'too_big') return 'is not as it must be';
  return `must ${issue.origin === 'string' ? 'not be longer than' : 'be at most'} ${issue.maximum}`;
}

function valueAt(value: JsonValue | undefined, path: readonly string[]): JsonValue | undefined {
  const [key, ...rest] = path;
  if (key === undefined || value === undefined) return value;
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return valueAt((value as JsonObject)[key], rest);
}
