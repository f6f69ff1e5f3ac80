import { readFile } from 'node:fs/promises';
import { credsAuthenticator, type Authenticator, type ConnectionOptions } from '@nats-io/transport-node';
import type { NatsSettings } from './nats.schema.js';

const CONNECT_TIMEOUT_MS = 5_000;
/** A connection that died silently is noticed after two of them. */
const PING_INTERVAL_MS = 20_000;

/**
 * How to connect once, without any retry. Reads the files that the settings name, so that a new file of credentials counts
 * with the next connection. Throws a sentence, without secrets, about a file that cannot be read or holds no credentials.
 */
export async function connectionOptions(name: string, settings: NatsSettings): Promise<ConnectionOptions> {
  const { user, password, tls } = settings;
  const ca = typeof tls === 'object' ? tls.ca : undefined;
  return {
    name,
    servers: [serverOf(settings)],
    noRandomize: true,
    reconnect: false,
    timeout: CONNECT_TIMEOUT_MS,
    pingInterval: PING_INTERVAL_MS,
    noAsyncTraces: true,
    ...(await login(settings, user, password)),
    ...(tls === false ? {} : { tls: ca === undefined ? {} : { ca: await textOf('tls.ca', ca) } }),
  };
}

/** Where the server is: for the connection and for the log. */
export function serverOf({ address, port }: Pick<NatsSettings, 'address' | 'port'>): string {
  const host = address.replace(/^nats:\/\//u, '');
  return host.includes(':') && !host.startsWith('[') ? `[${host}]:${port}` : `${host}:${port}`;
}

async function login(
  { nkey_file: file }: NatsSettings,
  user: string | undefined,
  password: string | undefined,
): Promise<Pick<ConnectionOptions, 'user' | 'pass' | 'authenticator'>> {
  if (user !== undefined && password !== undefined) return { user, pass: password };
  return file === undefined ? {} : { authenticator: await credentials(file) };
}

async function credentials(file: string): Promise<Authenticator> {
  const authenticator = credsAuthenticator(Buffer.from(await textOf('nkey_file', file)));
  try {
    authenticator('probe');
  } catch {
    throw new Error(`nkey_file "${file}" does not hold NATS credentials: a user's JWT and its key.`);
  }
  return authenticator;
}

async function textOf(key: string, file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(`${key} "${file}" cannot be read: ${code ?? String(error)}.`, { cause: error });
  }
}
