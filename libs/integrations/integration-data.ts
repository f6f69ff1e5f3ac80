import { badRequest, type Source } from '../domain/index.js';
import { fieldProblems } from '../rest/index.js';
import { SINKS, type SinkConfig, type SinkDefinition, type SinkSecrets } from '../sinks/index.js';

type Data = Readonly<Record<string, unknown>>;

/** `data` as its sink understands it. */
export interface SinkData {
  readonly source: Source;
  readonly config: SinkConfig;
  readonly secrets: SinkSecrets;
}

/** The definition that `data.sink` names. Throws a 400 naming `data.sink`. */
export function definitionOf(data: Data, catalog: readonly SinkDefinition[] = SINKS): SinkDefinition {
  const definition = catalog.find(({ kind }) => kind === data['sink']);
  if (definition) return definition;
  const known = catalog.map(({ kind }) => kind).join(', ');
  throw badRequest({ 'data.sink': data['sink'] === undefined ? 'is required' : `must be one of ${known}` });
}

/** The members of `data` that this part of the definition knows; all others are ignored. */
const pick = (schema: SinkDefinition['config'], data: Data): Record<string, unknown> =>
  Object.fromEntries(Object.keys(schema.shape).flatMap((name) => (name in data ? [[name, data[name]]] : [])));

/** The secrets among the members of `data`, unchecked. */
export const secretsIn = (definition: SinkDefinition, data: Data): Record<string, unknown> =>
  pick(definition.secrets, data);

/**
 * Checks `data` laid over what is `stored`: a member that is absent stays as it is, and a new integration, without
 * anything stored, needs them all. Throws a 400 naming every member that does not fit.
 */
export function readData(definition: SinkDefinition, data: Data, stored?: SinkData): SinkData {
  const source = data['source'] ?? stored?.source ?? definition.defaultSource;
  const isLegal = definition.sources.some((legal) => legal === source);
  const config = definition.config.safeParse({ ...stored?.config, ...pick(definition.config, data) });
  const secrets = definition.secrets.safeParse({ ...stored?.secrets, ...secretsIn(definition, data) });
  const fields = {
    ...(isLegal
      ? {}
      : { 'data.source': `must be ${definition.sources.join(' or ')} for ${definition.kind}` }),
    ...fieldProblems(config.error?.issues ?? [], ['data']),
    ...fieldProblems(secrets.error?.issues ?? [], ['data']),
  };
  if (Object.keys(fields).length > 0 || !config.success || !secrets.success) throw badRequest(fields);
  return { source: source as Source, config: config.data, secrets: secrets.data as SinkSecrets };
}
