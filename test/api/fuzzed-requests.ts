import fc from 'fast-check';

/** What we read of a JSON schema in the OpenAPI document. */
interface Schema {
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

/** Texts that have broken servers: NUL, lone surrogates, traversal, SQL, prototypes, formats, lengths, mark-up. */
const HOSTILE_TEXTS = [
  '',
  ' ',
  '\0',
  '\ud800',
  '..',
  '../../etc/passwd',
  "'; DROP TABLE issues; --",
  '__proto__',
  'constructor',
  '$where',
  '%s%n',
  '\r\nx-injected: 1',
  '<!channel>',
  '2026-02-30T25:61:61Z',
  '+275760-09-13T00:00:00Z',
  '0x10',
  '1e309',
  '-0',
  '🙂'.repeat(300),
  'a'.repeat(5_000),
  'http://[::ffff:169.254.169.254]:1',
  'http://a:99999',
  '-----BEGIN CERTIFICATE-----x-----END CERTIFICATE-----',
];
const HOSTILE_IDS = [
  '%00',
  '%ff',
  '%',
  '..%2f..',
  'a'.repeat(299),
  '%F0%9F%99%82',
  "'",
  '0'.repeat(20),
  '%20',
];
const HOSTILE_BODIES = ['', '{', '[]', 'null', '0', '"text"', '{"__proto__":{"admin":true}}', '\u0000'];
const HOSTILE_TYPES = [
  'text/plain',
  'application/json; charset=utf-7',
  'application/x-www-form-urlencoded',
  ';',
];

/** Header fields besides the content type, of those that something is made of. */
const HOSTILE_HEADERS: readonly Record<string, string>[] = [
  { authorization: 'Bearer' },
  { authorization: 'Basic b3BlcmF0b3I6b3BlcmF0b3I=' },
  { authorization: `Bearer ${'a'.repeat(8_000)}` },
  { authorization: 'Bearer eyJhbGciOiJub25lIn0.e30.' },
  { authorization: 'Bearer spi_\u00ff' },
  { authorization: 'Bearer spw_x, Bearer spw_y' },
  { 'x-forwarded-for': "'; DROP TABLE accounts; --" },
  { 'x-forwarded-for': '999.999.999.999, ::g' },
  { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'gopher' },
  { host: 'a:b:c' },
  { 'accept-encoding': 'br;q=999, gzip;q=-1' },
  { 'x-http-method-override': 'DELETE' },
  { 'x-request-id': '../../etc/passwd' },
  { cookie: '__proto__=1' },
  { origin: 'null', 'access-control-request-method': 'DELETE' },
];
/** The one route that takes forms. */
const FORM_PATH = '/oauth/token';
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const HOSTILE_FORMS = [
  '%',
  'grant_type',
  '=&=&=',
  'grant_type=password&grant_type=refresh_token',
  '__proto__=x',
];

const hostileText = fc.oneof(fc.constantFrom(...HOSTILE_TEXTS), fc.string({ unit: 'binary', maxLength: 50 }));
const hostileValue = fc.oneof(
  hostileText,
  fc.constantFrom<unknown>(null, true, -1, 0, 2 ** 31, 2 ** 53, 1e308, -0.5, [], {}),
  fc.jsonValue({ maxDepth: 2 }),
);

/** Mostly what the schema asks for, so that requests get past the first check; now and then something hostile. */
function valueOf(schema: Schema): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 9, arbitrary: fittingValue(schema) }, { weight: 1, arbitrary: hostileValue });
}

function fittingValue(schema: Schema): fc.Arbitrary<unknown> {
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
