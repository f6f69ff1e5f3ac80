import { z } from 'zod';
import type { SinkDefinition } from '../sinks/index.js';

type JsonSchema = Record<string, unknown>;

const schemaOf = (schema: z.ZodObject): { properties?: JsonSchema; required?: string[] } => {
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return { properties: { ...json.properties }, required: json.required ?? [] };
};

/**
 * How `data` of each sink looks, for the OpenAPI document: one alternative per sink. A part of it, as an update may
 * bring, fits several.
 */
export function describeData(sinks: readonly SinkDefinition[], use: 'create' | 'update'): JsonSchema {
  const alternatives = use === 'create' ? 'oneOf' : 'anyOf';
  return { [alternatives]: sinks.map((sink) => describeSink(sink, use)) };
}

function describeSink(
  { kind, label, sources, config, secrets }: SinkDefinition,
  use: 'create' | 'update',
): JsonSchema {
  const [open, hidden] = [schemaOf(config), schemaOf(secrets)];
  const writeOnly = Object.entries(hidden.properties ?? {}).map(([name, schema]) => [
    name,
    { ...(schema as JsonSchema), writeOnly: true },
  ]);
  return {
    title: label,
    type: 'object',
    required: use === 'create' ? ['sink', ...(open.required ?? []), ...(hidden.required ?? [])] : [],
    properties: {
      sink: { const: kind },
      source: { enum: [...sources] },
      ...open.properties,
      ...Object.fromEntries(writeOnly),
    },
  };
}
