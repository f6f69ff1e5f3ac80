import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { credsAuthenticator, type Authenticator, type ConnectionOptions } from '@nats-io/transport-node';
import type { NatsSettings } from './nats.schema.js';

const CONNECT_TIMEOUT_MS = 5_000;
/** A connection that died silently is noticed after two of them. */
const PING_INTERVAL_MS = 20_000;

/**
 * How to connect once, without any retry. Reads the files that the settings name, so that a new file of credentials counts
 * with the next connection. Throws a sentence, without secrets, about a file that cannot be read or holds no credentials.
 */
export async function connectionOptions(
  receiver: string,
  settings: NatsSettings,
): Promise<ConnectionOptions> {
  const { tls } = settings;
  const ca = typeof tls === 'object' ? tls.ca : undefined;
  return {
    name: `spillway ${receiver}`,
    servers: [serverOf(settings)],
    noRandomize: true,
    reconnect: false,
    timeout: CONNECT_TIMEOUT_MS,
    pingInterval: PING_INTERVAL_MS,
    noAsyncTraces: true,
    ...(await login(receiver, settings)),
    ...(tls === false ? {} : { tls: ca === undefined ? {} : { ca: await authority(receiver, ca) } }),
  };
}

/** Where the server is: for the connection and for the log. */
export function serverOf({ address, port }: Pick<NatsSettings, 'address' | 'port'>): string {
  const host = address.replace(/^nats:\/\//u, '');
  return host.includes(':') && !host.startsWith('[') ? `[${host}]:${port}` : `${host}:${port}`;
}

async function login(
  receiver: string,
  { user, password, nkey_file: file }: NatsSettings,
): Promise<Pick<ConnectionOptions, 'user' | 'pass' | 'authenticator'>> {
  if (user !== undefined && password !== undefined) return { user, pass: password };
  return file === undefined ? {} : { authenticator: await credentials(receiver, file) };
}

const authority = (receiver: string, file: string): Promise<string> =>
  textOf(file, placeOf(receiver, 'tls.ca', file));

async function credentials(receiver: string, file: string): Promise<Authenticator> {
  const place = placeOf(receiver, 'nkey_file', file);
  const authenticator = credsAuthenticator(Buffer.from(await textOf(file, place)));
  try {
    authenticator('probe');
  } catch {
    throw new Error(`${place}: it does not hold NATS credentials, a user's JWT and its key.`);
  }
  return authenticator;
}

/** A file as sentences name it: with its key, and where it is looked for. */
const placeOf = (receiver: string, key: string, file: string): string =>
  `receivers.${receiver}.${key} ${JSON.stringify(resolve(file))}`;

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'this user may not read it',
  EISDIR: 'it is a directory, not a file',
};

async function textOf(file: string, place: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const { code = String(error) } = error as NodeJS.ErrnoException;
    throw new Error(`${place}: ${REASONS[code] ?? `it cannot be read (${code})`}.`, { cause: error });
  }
}
