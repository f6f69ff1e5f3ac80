import { readFile } from 'node:fs/promises';
import type { Authenticator, ConnectionOptions, NatsConnection as Connected } from '@nats-io/transport-node';
import type { NatsConnection } from '../arguments/connection.js';
import { harmless } from '../http/reason.js';
import { Failed } from '../terminal.js';

const CONNECT_TIMEOUT_MS = 5_000;

/**
 * Connects once. Throws `Failed` for credentials that cannot be read, and what the library throws. Only who says `--nats`
 * waits for the library to be loaded.
 */
export async function connectOnce(settings: NatsConnection): Promise<Connected> {
  const { connect, credsAuthenticator } = await import('@nats-io/transport-node');
  const { server, hasTls, login, creds } = settings;
  const options: ConnectionOptions = {
    name: 'spillway-event',
    servers: [server],
    reconnect: false,
    ignoreClusterUpdates: true,
    timeout: Math.min(CONNECT_TIMEOUT_MS, settings.timeoutMs),
    noAsyncTraces: true,
    ...(login === undefined ? {} : { user: login.user, pass: login.password }),
    ...(creds === undefined ? {} : { authenticator: probed(credsAuthenticator(await contentOf(creds))) }),
    ...(hasTls ? { tls: {} } : {}),
  };
  return connect(options);
}

async function contentOf(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Failed(`--creds: the file cannot be read (${code ?? String(error)}).`, { cause: error });
  }
}

/** The library looks at credentials only when it connects, and says no more than that it could not. */
function probed(authenticator: Authenticator): Authenticator {
  try {
    authenticator('probe');
  } catch {
    throw new Failed("--creds: the file does not hold NATS credentials: a user's JWT and its key.");
  }
  return authenticator;
}

/** Why there is no connection. */
export function natsReason(server: string, error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  const isRefused = code === 'ECONNREFUSED' || /connection refused/i.test(message);
  return `${server} cannot be reached: ${isRefused ? 'nobody listens there' : harmless(message)}.`;
}

/** Whether the server is there and does not want us: to try again is of no use. */
export const isUnwelcome = (error: unknown): boolean =>
  error instanceof Error &&
  /Authorization|Authentication|PermissionViolation/i.test(`${error.name} ${error.message}`);
