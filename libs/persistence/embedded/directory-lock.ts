import { access, constants, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { EmbeddedPostgresFailed, explainFailure } from './failure.js';

const SQLITE_BUSY = 5;

/** Another process holds the data directory. */
export class DirectoryInUse extends EmbeddedPostgresFailed {}

/** A data directory that is ours until `release`, or until this process ends, however it ends. */
export interface DirectoryLock {
  release(): void;
}

/**
 * Takes the data directory for this process, or throws with the directory and the holder's pid.
 *
 * The lock is SQLite's exclusive lock on the empty file `hub.lock`: the one kernel file lock that Node can take without
 * native code. The kernel drops it with its holder, so nothing stale is ever left, pids may be reused, and it holds
 * between containers that share a volume, where pids say nothing. An advisory lock in PostgreSQL would come too late
 * (the server must be started, or a stale one stopped, before it could be asked) and would be lost with the server.
 */
export async function lockDirectory(directory: string): Promise<DirectoryLock> {
  const pidFile = join(directory, 'hub.pid');
  let lock: DatabaseSync;
  try {
    // SQLite would only say that it is unable to open the file.
    await access(directory, constants.R_OK | constants.W_OK | constants.X_OK);
    const file = join(directory, 'hub.lock');
    await makeLockFile(file);
    lock = takeLock(file);
  } catch (error) {
    if ((error as { errcode?: number }).errcode !== SQLITE_BUSY) {
      throw explainFailure(`The data directory ${directory} cannot be locked`, error, directory);
    }
    const holder = await readFile(pidFile, 'utf8').catch(() => '');
    throw new DirectoryInUse(
      `Another hub${holder === '' ? '' : ` (process ${holder.trim()})`} runs on the data directory ${directory}. ` +
        'Stop it, or set SPILLWAY_DATA_DIR to another directory.',
    );
  }
  await writeFile(pidFile, `${process.pid}\n`, { mode: 0o600 });
  return { release: () => lock.close() };
}

/**
 * SQLite would make it readable, and so lockable, for others. An existing one must not even be opened here: closing it
 * again would drop the lock that this process may hold on it.
 */
async function makeLockFile(file: string): Promise<void> {
  await writeFile(file, '', { flag: 'wx', mode: 0o600 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
}

function takeLock(file: string): DatabaseSync {
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    // Without a journal file nothing but the lock itself touches the directory.
    database.exec('PRAGMA journal_mode=MEMORY; PRAGMA locking_mode=EXCLUSIVE; BEGIN EXCLUSIVE');
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}
