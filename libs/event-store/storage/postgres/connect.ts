import { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import type { Logger } from '../../../observability/logging/index.js';
import type { PostgresSettings } from '../storage-settings.js';
import { readConnectionFlags } from './connection-flags.js';
import { mayStillStart, reasonOf } from './storage-failure.js';

/** How long we wait for a server that starts together with us. */
export const PATIENCE_MS = 30_000;
const RETRY_MS = 500;
const NO_SSL = /server does not support SSL/i;
/** A machine that vanished without a word is noticed by then. */
const KEEP_ALIVE_MS = 10_000;
const QUERY_TIMEOUT_MS = 120_000;

/** Options of a connection, without any that is pasted together. */
export type ConnectionConfig = pg.ClientConfig;

/** The database as sentences name it. */
export const placeOf = ({ server, port, database }: PostgresSettings): string =>
  `the database ${database} of the PostgreSQL server ${server}, port ${port}`;

/**
 * Waits until the database takes connections, and resolves with the options that do it. Throws with a sentence that names
 * server, port and database, and never the password; with the reason of the signal once that aborts.
 */
export async function findConnection(
  settings: PostgresSettings,
  logger: Logger,
  patienceMs: number,
  signal?: AbortSignal,
): Promise<ConnectionConfig> {
  const { config, isSslPreferred } = configOf(settings, logger);
  const place = placeOf(settings);
  const deadline = performance.now() + patienceMs;
  for (let told: string | undefined; ;) {
    signal?.throwIfAborted();
    try {
      return await tryOut(config, isSslPreferred, signal);
    } catch (error) {
      signal?.throwIfAborted();
      const reason = reasonOf(error);
      if (!mayStillStart(error) || performance.now() >= deadline)
        throw new Error(`Cannot open ${place}: ${reason}`, { cause: error });
      if (reason !== told)
        logger.warn({ event: 'event-store.database.awaited', reason }, `Waiting for ${place}.`);
      told = reason;
      await pause(RETRY_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}

function configOf(
  settings: PostgresSettings,
  logger: Logger,
): { readonly config: ConnectionConfig; readonly isSslPreferred: boolean } {
  const flags = readConnectionFlags(settings.flags);
  for (const warning of flags.warnings) logger.warn({ event: 'event-store.flag.ignored' }, warning);
  const config: ConnectionConfig = {
    host: settings.server,
    port: settings.port,
    database: settings.database,
    user: settings.username,
    password: settings.password,
    ssl: flags.ssl,
    application_name: flags.applicationName,
    connectionTimeoutMillis: flags.connectTimeoutMs ?? settings.connectionTimeoutMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
    query_timeout: QUERY_TIMEOUT_MS,
  };
  return { config, isSslPreferred: flags.isSslPreferred };
}

async function tryOut(
  config: ConnectionConfig,
  isSslPreferred: boolean,
  signal: AbortSignal | undefined,
): Promise<ConnectionConfig> {
  try {
    return await greeted(config, signal);
  } catch (error) {
    if (!isSslPreferred || !(error instanceof Error) || !NO_SSL.test(error.message)) throw error;
    return greeted({ ...config, ssl: false }, signal);
  }
}

async function greeted(config: ConnectionConfig, signal: AbortSignal | undefined): Promise<ConnectionConfig> {
  const client = makeClient(config, signal);
  try {
    await client.connect();
    return config;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** A connection by itself, not made yet. It breaks when the signal aborts, whatever it waits for. */
export function makeClient(config: ConnectionConfig, signal?: AbortSignal): pg.Client {
  const client = new pg.Client(signal ? { ...config, stream: () => new Socket({ signal }) } : config);
  client.on('error', () => undefined);
  return client;
}

/** A pool of that many connections. Who waits for one waits as long as it takes: the timeout is of connecting alone. */
export function makePool(
  config: ConnectionConfig,
  max: number,
  logger: Logger,
  onConnect: (client: pg.ClientBase) => Promise<unknown> = async () => undefined,
): pg.Pool {
  class PatientClient extends pg.Client {
    constructor() {
      super(config);
      // One that breaks while it is lent out says so by the statement that fails as well.
      this.on('error', () => undefined);
    }
  }
  const pool = new pg.Pool({ max, Client: PatientClient, onConnect } as pg.PoolConfig);
  pool.on('error', (error) => logger.warn({ event: 'event-store.connection.lost', reason: reasonOf(error) }));
  return pool;
}
