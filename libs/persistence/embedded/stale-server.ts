import { execFile } from 'node:child_process';
import { readFile, readlink, realpath, rm } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { Logger } from '../../observability/index.js';
import { EmbeddedPostgresFailed } from './failure.js';
import { pidFilePath, readPidFile } from './pid-file.js';
import { endServer, isAlive } from './server-end.js';

const run = promisify(execFile);

/**
 * Clears away what a killed hub left: a server that still runs is stopped, not reused, so that ours is always a child
 * of ours, with this version's programs and settings; it also ends the killed hub's open transactions. A pid file whose
 * pid now belongs to another program is removed, because PostgreSQL would refuse to start over it.
 *
 * Must only be called by the holder of the directory's lock.
 */
export async function clearStaleServer(databasePath: string, logger: Logger): Promise<void> {
  const stale = await readPidFile(databasePath);
  if (!stale || !isAlive(stale.pid)) return;
  if (!(await servesFrom(stale.pid, databasePath))) {
    await rm(pidFilePath(databasePath), { force: true });
    return;
  }
  logger.warn(
    { event: 'postgres.stale_server_found', pid: stale.pid },
    'a killed hub left its PostgreSQL; stopping it',
  );
  if (await endServer(stale.pid, () => !isAlive(stale.pid))) return;
  throw new EmbeddedPostgresFailed(
    `A killed hub left its PostgreSQL (process ${stale.pid}) on ${databasePath}, and it cannot be ended. End it by hand.`,
  );
}

/** Whether this process is a PostgreSQL on this directory; pids are reused, above all in containers. */
async function servesFrom(pid: number, databasePath: string): Promise<boolean> {
  const directory = await realpath(databasePath);
  if (process.platform === 'linux') {
    const [cwd, name] = await Promise.all([
      readlink(`/proc/${pid}/cwd`).catch(() => undefined),
      readFile(`/proc/${pid}/comm`, 'utf8').catch(() => ''),
    ]);
    return cwd === directory && name.trim() === 'postgres';
  }
  const { stdout } = await run('ps', ['-o', 'command=', '-p', String(pid)]).catch(() => ({ stdout: '' }));
  return stdout.includes('postgres') && (stdout.includes(directory) || stdout.includes(databasePath));
}
