import { spawn, type ChildProcess } from 'node:child_process';
import { open, readFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { explainFailure } from './failure.js';
import { readPidFile } from './pid-file.js';
import { programEnvironment } from './program.js';
import { endServer } from './server-end.js';
import type { ServerUser } from './server-user.js';

const READY_POLL_MS = 20;
/** Recovery after a crash replays at most `max_wal_size` of log; slow disks included, this is plenty. */
const READY_TIMEOUT_MS = 5 * 60_000;
const MAX_LOG_BYTES = 10 * 1024 * 1024;

/** How a server process ended. */
export interface ServerExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface ServerCommand {
  readonly postgres: string;
  /** The data directory we hold the lock on; the log is written here. */
  readonly directory: string;
  readonly databasePath: string;
  readonly databaseArgument: string;
  readonly user: ServerUser | undefined;
  readonly port: number;
  /** Settings of PostgreSQL by name. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** One run of the server. */
export interface ServerProcess {
  readonly pid: number;
  /** Resolves when it has ended, for whatever reason. */
  readonly exited: Promise<ServerExit>;
  /** Ends it: fast shutdown, then by force. Resolves with whether it is gone. */
  stop(): Promise<boolean>;
}

/** Starts the server and resolves when it takes connections; throws with the end of its log when it does not. */
export async function startServer(command: ServerCommand): Promise<ServerProcess> {
  const logFile = join(command.directory, 'postgres.log');
  const failed = `The embedded PostgreSQL does not start (its log is ${logFile})`;
  try {
    const { child, logStart } = await spawnServer(command, logFile);
    const server = attend(child);
    try {
      await untilReady(command, server);
      return server;
    } catch (error) {
      await server.stop();
      const said = (await readFile(logFile)).subarray(logStart).toString('utf8');
      throw new Error(said || (error as Error).message, { cause: error });
    }
  } catch (error) {
    throw explainFailure(failed, error, command.directory);
  }
}

async function spawnServer(
  command: ServerCommand,
  logFile: string,
): Promise<{ child: ChildProcess; logStart: number }> {
  const size = await stat(logFile).then(
    (found) => found.size,
    () => 0,
  );
  if (size > MAX_LOG_BYTES) await rename(logFile, `${logFile}.1`);
  // A file, not a pipe: the server outlives a killed hub and must still be able to write.
  const log = await open(logFile, 'a', 0o600);
  try {
    const logStart = (await log.stat()).size;
    const child = spawn(
      command.postgres,
      ['-D', command.databaseArgument, '-p', String(command.port), ...settings(command.parameters)],
      {
        cwd: command.databasePath,
        env: programEnvironment(),
        ...command.user,
        stdio: ['ignore', log.fd, log.fd],
        // Its own session: a Ctrl-C in the terminal must not stop it before the hub has drained.
        detached: true,
      },
    );
    await new Promise<void>((resolve, reject) => child.once('spawn', resolve).once('error', reject));
    child.unref();
    return { child, logStart };
  } finally {
    await log.close();
  }
}

const settings = (parameters: Readonly<Record<string, string>>): string[] =>
  Object.entries(parameters).flatMap(([name, value]) => ['-c', `${name}=${value}`]);

function attend(child: ChildProcess): ServerProcess {
  const pid = child.pid as number;
  let gone = false;
  const exited = new Promise<ServerExit>((resolve) => {
    child.once('exit', (code, signal) => {
      gone = true;
      resolve({ code, signal });
    });
  });
  return { pid, exited, stop: () => endServer(pid, () => gone) };
}

/** The postmaster writes `ready` into its pid file when recovery is over. */
async function untilReady(command: ServerCommand, server: ServerProcess): Promise<void> {
  const ended = server.exited.then((exit) => {
    throw new Error(`it ended with ${exit.signal ?? `exit code ${exit.code}`}`);
  });
  ended.catch(() => undefined);
  const deadline = performance.now() + READY_TIMEOUT_MS;
  while (performance.now() < deadline) {
    const status = await readPidFile(command.databasePath);
    if (status?.pid === server.pid && status.ready) return;
    await Promise.race([pause(READY_POLL_MS), ended]);
  }
  throw new Error(`it was not ready after ${READY_TIMEOUT_MS / 1_000} s`);
}
