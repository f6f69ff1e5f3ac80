import fc from 'fast-check';
import { HOSTILE_TEXTS } from './hostile-values.js';

/** What we read of a JSON schema in the OpenAPI document. */
export interface Schema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
}

const hostileText = fc.oneof(fc.constantFrom(...HOSTILE_TEXTS), fc.string({ unit: 'binary', maxLength: 50 }));
const hostileValue = fc.oneof(
  hostileText,
  fc.constantFrom<unknown>(null, true, -1, 0, 2 ** 31, 2 ** 53, 1e308, -0.5, [], {}),
  fc.jsonValue({ maxDepth: 2 }),
);

/** Mostly what the schema asks for, so that requests get past the first check; now and then something hostile. */
export function valueOf(schema: Schema): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 9, arbitrary: fittingValue(schema) }, { weight: 1, arbitrary: hostileValue });
}

/** What the schema asks for; the members of an object are as `valueOf` makes them. */
export function fittingValue(schema: Schema): fc.Arbitrary<unknown> {
  const alternatives = schema.oneOf ?? schema.anyOf;
  if (alternatives) return fc.oneof(...alternatives.map(fittingValue));
  if ('const' in schema) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  switch (schema.type) {
    case 'object':
      return objectOf(schema);
    case 'array':
      return fc.array(valueOf(schema.items ?? {}), { minLength: 1, maxLength: 4 });
    case 'integer':
      return fc.integer({ min: schema.minimum ?? 0, max: schema.maximum ?? 100 });
    case 'number':
      return fc.double({ min: schema.minimum ?? 0, max: schema.maximum ?? 100, noNaN: true });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    default:
      return textOf(schema);
  }
}

function objectOf({ properties = {}, required = [] }: Schema): fc.Arbitrary<unknown> {
  const members = Object.fromEntries(
    Object.entries(properties).map(([name, member]) => [name, valueOf(member)]),
  );
  return fc.record(members, { requiredKeys: [...required].filter((name) => name in members) });
}

const textOf = ({ pattern, maxLength = 100 }: Schema): fc.Arbitrary<string> =>
  fc.oneof(
    fc.constantFrom('http://n1.example.com:2113', '2026-01-01T00:00:00Z', 'disk-usage'),
    pattern === undefined || pattern.includes('\\p{')
      ? fc.string({ unit: 'grapheme', maxLength: Math.min(maxLength, 100) })
      : fc.stringMatching(new RegExp(pattern)),
  );
