import type { Options } from './options.js';

/** Where events are sent to and read from. */
export type Connection = HttpConnection | NatsConnection;

export interface HttpConnection {
  readonly kind: 'http';
  /** `api/write/` and `api/query/` come below it. */
  readonly base: URL;
  readonly token: string | undefined;
  /** How long it is tried, in milliseconds. */
  readonly timeoutMs: number;
}

export interface NatsConnection {
  readonly kind: 'nats';
  /** `host:port`. */
  readonly server: string;
  readonly hasTls: boolean;
  readonly subject: string;
  readonly login: { readonly user: string; readonly password: string } | undefined;
  /** A `.creds` file. */
  readonly creds: string | undefined;
  readonly timeoutMs: number;
}

const DEFAULT_URL = 'http://localhost:8088';
/** Of cc-event-client. */
const DEFAULT_SUBJECT = 'ee-hpc-nats';
const DEFAULT_PORT = '4222';
const TIMEOUT_MS = 30_000;
const SHORTEST_TIMEOUT_MS = 100;
const TOKEN = /^[\x21-\x7e]+$/;
const SUBJECT = /^(?!.*>.)(?:[^\s.>]+\.)*(?:[^\s.>]+|>)$/u;

/** NATS when that is asked for, else HTTP. What is on the command line counts more than what is in the environment. */
export function readConnection(options: Options): Connection {
  const timeoutMs = options.duration('timeout', TIMEOUT_MS, SHORTEST_TIMEOUT_MS);
  const [isUrlSaid, isNatsSaid] = [options.isOnCommandLine('url'), options.isOnCommandLine('nats')];
  const isBoth = options.text('url') !== undefined && options.text('nats') !== undefined;
  if (isBoth && isUrlSaid === isNatsSaid)
    options.refuse(
      `${isUrlSaid ? '--url and --nats' : 'SPILLWAY_EVENT_URL and SPILLWAY_EVENT_NATS'} do not go together.`,
    );
  const isNats = isNatsSaid || (!isUrlSaid && options.text('nats') !== undefined);
  return isNats ? readNats(options, timeoutMs) : readHttp(options, timeoutMs);
}

function readHttp(options: Options, timeoutMs: number): HttpConnection {
  const base = options.read(
    'url',
    (text) => plainUrl(text, ['http:', 'https:']),
    `the URL of an event store or a hub such as ${DEFAULT_URL}, without credentials or a query in it`,
  );
  const token = options.read('token', (text) => (TOKEN.test(text) ? text : undefined), 'a token on one line');
  return { kind: 'http', base: base ?? new URL(DEFAULT_URL), token, timeoutMs };
}

function readNats(options: Options, timeoutMs: number): NatsConnection {
  const url = options.read(
    'nats',
    (text) => plainUrl(text, ['nats:', 'tls:']),
    'the URL of a NATS server such as nats://nats.example.com:4222, without credentials in it',
  );
  const subject = options.read(
    'subject',
    (text) => (SUBJECT.test(text) ? text : undefined),
    'a NATS subject such as jobs or alex.events.job',
  );
  const [user, password, creds] = [options.text('user'), options.text('password'), options.text('creds')];
  if ((user === undefined) !== (password === undefined)) options.refuse('--user and --password go together.');
  if (user !== undefined && creds !== undefined) options.refuse('--user and --creds do not go together.');
  return {
    kind: 'nats',
    server: `${url?.hostname ?? ''}:${url?.port || DEFAULT_PORT}`,
    hasTls: url?.protocol === 'tls:',
    subject: subject ?? DEFAULT_SUBJECT,
    login: user === undefined || password === undefined ? undefined : { user, password },
    creds,
    timeoutMs,
  };
}

function plainUrl(text: string, protocols: readonly string[]): URL | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const isPlain = url.username === '' && url.password === '' && url.search === '' && url.hash === '';
  return isPlain && url.hostname !== '' && protocols.includes(url.protocol) ? url : undefined;
}
