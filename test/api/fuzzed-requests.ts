import fc from 'fast-check';
import {
  HOSTILE_BODIES,
  HOSTILE_FORMS,
  HOSTILE_HEADERS,
  HOSTILE_IDS,
  HOSTILE_TYPES,
} from './hostile-values.js';
import { fittingValue, valueOf, type Schema } from './schema-values.js';

interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema?: Schema }[];
  readonly requestBody?: {
    readonly content: Readonly<Record<string, { readonly schema: Schema }>>;
  };
}
export type OpenApiPaths = Readonly<Record<string, Readonly<Record<string, Operation>>>>;

export interface FuzzedRequest {
  readonly url: string;
  readonly body: string | undefined;
  readonly headers: Record<string, string>;
}

/** The one route that takes forms. */
const FORM_PATH = '/oauth/token';
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

/** Requests to one operation. Deletions get hostile ids only: what exists is needed by the others. */
export function requestsTo(
  path: string,
  method: string,
  operation: Operation,
  ids: Readonly<Record<string, string>>,
): fc.Arbitrary<FuzzedRequest> {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '');
  const idOf = (name: string, index: number): fc.Arbitrary<string> => {
    const hostile = fc.constantFrom(...HOSTILE_IDS);
    if (method === 'delete' && index === names.length - 1) return hostile;
    return fc.oneof(
      { weight: 9, arbitrary: fc.constant(sampleOf(ids, name)) },
      { weight: 1, arbitrary: hostile },
    );
  };
  const parameters = fc.tuple(...names.map(idOf));
  const url = fc.tuple(parameters, queryOf(operation)).map(([values, query]) => {
    const filled = names.reduce((left, name, index) => left.replace(`{${name}}`, values[index] ?? ''), path);
    return query === '' ? filled : `${filled}?${query}`;
  });
  const json = fc.record({ url, body: bodyOf(operation), headers });
  return path === FORM_PATH ? fc.oneof(json, formTo(path, operation)) : json;
}

function formTo(url: string, { requestBody }: Operation): fc.Arbitrary<FuzzedRequest> {
  const schema = Object.values(requestBody?.content ?? {})[0]?.schema ?? {};
  const fitting = fittingValue(schema).map((value) => {
    const members = Object.entries(value as object).map(([name, member]) => [
      name,
      String(member).toWellFormed(),
    ]);
    return new URLSearchParams(members as [string, string][]).toString();
  });
  const body = fc.oneof(
    { weight: 9, arbitrary: fitting },
    { weight: 1, arbitrary: fc.constantFrom(...HOSTILE_FORMS) },
  );
  return body.map((content) => ({ url, body: content, headers: FORM }));
}

/** A route whose parameters have no samples would only ever be refused for them. */
function sampleOf(ids: Readonly<Record<string, string>>, name: string): string {
  const id = ids[name];
  if (id === undefined) throw new Error(`There is no sample for the path parameter ${name}`);
  return id;
}

function queryOf({ parameters = [] }: Operation): fc.Arbitrary<string> {
  const known = parameters.filter((parameter) => parameter.in === 'query');
  const pairs = known.map(({ name, schema = {} }) =>
    fc.option(
      valueOf(schema).map((value) => `${name}=${encodeURIComponent(String(value).toWellFormed())}`),
      { nil: '' },
    ),
  );
  const noise = fc.constantFrom('', '', '', '%', 'limit=1&limit=2', 'after[]=x', '__proto__=x', '&&=&');
  return fc.tuple(...pairs, noise).map((parts) => parts.filter((part) => part !== '').join('&'));
}

function bodyOf({ requestBody }: Operation): fc.Arbitrary<string | undefined> {
  const schema = Object.values(requestBody?.content ?? {})[0]?.schema;
  const hostile = fc.option(fc.constantFrom(...HOSTILE_BODIES), { nil: undefined });
  if (!schema) return hostile;
  const fitting = valueOf(schema).map((value) => JSON.stringify(value));
  return fc.oneof({ weight: 9, arbitrary: fitting }, { weight: 1, arbitrary: hostile });
}

const headers: fc.Arbitrary<Record<string, string>> = fc.oneof(
  { weight: 18, arbitrary: fc.constant({}) },
  { weight: 1, arbitrary: fc.constantFrom(...HOSTILE_HEADERS) },
  { weight: 1, arbitrary: fc.constantFrom(...HOSTILE_TYPES).map((type) => ({ 'content-type': type })) },
);
