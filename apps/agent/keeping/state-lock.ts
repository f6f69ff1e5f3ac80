import { access, constants, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

const SQLITE_BUSY = 5;

/** Ours until `release`, or until this process ends, however it ends. */
export interface StateLock {
  release(): void;
}

/**
 * Makes the state directory where there is none, and takes it for this process, or throws a sentence. The lock is the
 * kernel's, by way of SQLite's on an empty file (as the hub locks its data directory): nothing stale is ever left, and it
 * holds between containers that share a volume.
 */
export async function lockState(directory: string): Promise<StateLock> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await access(directory, constants.R_OK | constants.W_OK | constants.X_OK);
    const file = join(directory, 'agent.lock');
    // Opened by SQLite it would be readable for others, who could then hold the lock, too.
    await writeFile(file, '', { flag: 'a', mode: 0o600 });
    return lock(file);
  } catch (error) {
    if ((error as { errcode?: number }).errcode === SQLITE_BUSY)
      throw new Error(
        `Another agent runs on the state directory ${directory}. Give each its own with --state.`,
        {
          cause: error,
        },
      );
    const { code, message } = error as NodeJS.ErrnoException;
    throw new Error(`The state directory ${directory} cannot be used (${code ?? message}).`, {
      cause: error,
    });
  }
}

function lock(file: string): StateLock {
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    database.exec('PRAGMA journal_mode=MEMORY; PRAGMA locking_mode=EXCLUSIVE; BEGIN EXCLUSIVE');
    return { release: () => database.close() };
  } catch (error) {
    database.close();
    throw error;
  }
}
