import { mkdir, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import type { Logger } from '../../observability/index.js';
import { findBinaries } from './binaries.js';
import { DATABASE_USER, databaseUrl, prepareDatabaseDirectory } from './database-directory.js';
import { lockDirectory } from './directory-lock.js';
import { EmbeddedPostgresFailed, explainFailure } from './failure.js';
import { serverParameters } from './server-parameters.js';
import { startServer, type ServerCommand, type ServerExit, type ServerProcess } from './server-process.js';
import { chooseServerUser } from './server-user.js';
import { clearStaleServer } from './stale-server.js';
import { Supervisor } from './supervisor.js';

const START_ATTEMPTS = 20;
const START_RETRY_MS = 250;
/** Another program took the port first, or the last processes of a killed server are not gone yet. */
const MAY_PASS = /could not bind|Address already in use|could not create any TCP\/IP sockets|is still in use/;

export interface EmbeddedPostgresOptions {
  /** The data directory. Made when missing; holds `postgres/`, `postgres-password`, `postgres.log`, the hub's lock. */
  readonly directory: string;
  readonly logger: Logger;
  /** `false` gives up what a crash of the machine would leave, for speed; only for tests. Default `true`. */
  readonly durable?: boolean;
}

/** A running PostgreSQL of our own. */
export interface EmbeddedPostgres {
  /** Connection URL of its database, password included: never log it. Stays the same while it runs. */
  readonly url: string;
  /** Shuts it down (bounded: half a minute at worst), keeps the data, frees the directory. Never throws. */
  stop(): Promise<void>;
  /** Called each time it ended without `stop`, before it is restarted on the same port. */
  onExit(listener: (exit: ServerExit) => void): void;
}

/**
 * Starts the embedded PostgreSQL of a data directory, initialising it the first time, and keeps it running: when it ends
 * by itself it is restarted with backoff (100 ms to 10 s). Resolves when it takes connections, a second or less after
 * initialisation; after a crash, when recovery is over.
 *
 * It listens on 127.0.0.1 only, on a port chosen at each start. It has its own process session: no Ctrl-C reaches it,
 * and it outlives a killed hub; the next start stops such a leftover. As root it runs as another user of the system.
 * The directory belongs to one process at a time.
 *
 * Throws with a sentence that says what to do: platform without binaries, directory in use, disk full, permissions.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const directory = resolve(options.directory);
  // As root the server's user must pass through; nothing in it is readable for others.
  await mkdir(directory, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 }).catch(
    (error: unknown) => {
      throw explainFailure(`The data directory ${directory} cannot be made`, error, directory);
    },
  );
  const lock = await lockDirectory(directory);
  try {
    const { command, server, url } = await launch({ ...options, directory });
    const supervisor = new Supervisor(command, options.logger, server);
    options.logger.info({ event: 'postgres.started', pid: server.pid, port: command.port, directory });
    let stopped: Promise<void> | undefined;
    return {
      url,
      onExit: (listener) => supervisor.onExit(listener),
      stop: () => (stopped ??= supervisor.stop().then(() => lock.release())),
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}

interface Launched {
  readonly command: ServerCommand;
  readonly server: ServerProcess;
  readonly url: string;
}

async function launch({ directory, logger, durable = true }: EmbeddedPostgresOptions): Promise<Launched> {
  const user = await chooseServerUser(`${directory}/postgres`);
  const { initdb, postgres } = await findBinaries(directory, user);
  const database = await prepareDatabaseDirectory({ directory, initdb, user, durable });
  await clearStaleServer(database.path, logger);
  const { command, server } = await startOnFreePort((port) => ({
    postgres,
    directory,
    databasePath: database.path,
    databaseArgument: database.argument,
    user,
    port,
    parameters: serverParameters(durable),
  }));
  try {
    return { command, server, url: await ensureDatabase(command.port, database.password) };
  } catch (error) {
    await server.stop();
    throw explainFailure('The embedded database does not answer', error, directory);
  }
}

async function startOnFreePort(
  commandFor: (port: number) => ServerCommand,
): Promise<{ command: ServerCommand; server: ServerProcess }> {
  for (let attempt = 1; ; attempt++) {
    const command = commandFor(await freePort());
    try {
      return { command, server: await startServer(command) };
    } catch (error) {
      if (attempt >= START_ATTEMPTS || !MAY_PASS.test((error as Error).message)) throw error;
      await pause(START_RETRY_MS);
    }
  }
}

function freePort(): Promise<number> {
  const probe = createServer();
  return new Promise((resolvePort, reject) => {
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolvePort(port));
    });
  });
}

/** Makes our database on the first start. Resolves with its URL. */
async function ensureDatabase(port: number, password: string): Promise<string> {
  const urlOf = (name: string): string => databaseUrl(port, password, name);
  const client = new pg.Client({ connectionString: urlOf('postgres'), connectionTimeoutMillis: 30_000 });
  try {
    await client.connect();
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE_USER]);
    if (found.rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE_USER}`);
    return urlOf(DATABASE_USER);
  } catch (error) {
    if ((error as { code?: string }).code !== '28P01') throw error;
    throw new EmbeddedPostgresFailed(
      'The embedded database refuses the password in `postgres-password`: that file belongs to another database. Restore it.',
    );
  } finally {
    await client.end().catch(() => undefined);
  }
}

/**
 * Stops the server that a killed process left on this data directory, and removes the database. Its data is gone.
 * Throws when the directory is in use.
 */
export async function discardEmbeddedPostgres(directory: string, logger: Logger): Promise<void> {
  const lock = await lockDirectory(directory);
  try {
    const database = `${directory}/postgres`;
    await clearStaleServer(database, logger);
    await rm(database, { recursive: true, force: true });
  } finally {
    lock.release();
  }
}
