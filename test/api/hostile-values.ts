/** Texts that have broken servers: NUL, lone surrogates, traversal, SQL, prototypes, formats, lengths, mark-up. */
export const HOSTILE_TEXTS = [
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
/** As segments of a path. */
export const HOSTILE_IDS = [
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

/** Bodies that are no JSON, or no object. */
export const HOSTILE_BODIES = [
  '',
  '{',
  '[]',
  'null',
  '0',
  '"text"',
  '{"__proto__":{"admin":true}}',
  '\u0000',
];
/** Content types that a body is not of, or that are none. */
export const HOSTILE_TYPES = [
  'text/plain',
  'application/json; charset=utf-7',
  'application/x-www-form-urlencoded',
  ';',
];

/** Header fields besides the content type, of those that something is made of. */
export const HOSTILE_HEADERS: readonly Record<string, string>[] = [
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

/** Bodies that are no form, or an odd one. */
export const HOSTILE_FORMS = [
  '%',
  'grant_type',
  '=&=&=',
  'grant_type=password&grant_type=refresh_token',
  '__proto__=x',
];
