import { access } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { databaseUrl, readPassword } from './database-directory.js';
import { DirectoryInUse, lockDirectory } from './directory-lock.js';
import { EmbeddedPostgresFailed } from './failure.js';
import { readPidFile } from './pid-file.js';

const READY_POLL_MS = 100;
const READY_TIMEOUT_MS = 60_000;

/**
 * The URL of the embedded database of a hub that runs on this data directory, password included: never log it;
 * `undefined` when none runs on it. Throws with a sentence when there is no database, or its server does not get ready.
 */
export async function connectToRunning(dataDirectory: string): Promise<string | undefined> {
  const directory = resolve(dataDirectory);
  const databasePath = join(directory, 'postgres');
  await access(join(databasePath, 'PG_VERSION')).catch(() => {
    throw new EmbeddedPostgresFailed(
      `There is no embedded database in ${directory}. Set SPILLWAY_DATA_DIR to the hub's data directory, or DATABASE_URL to its database.`,
    );
  });
  const deadline = performance.now() + READY_TIMEOUT_MS;
  while (await isHeld(directory)) {
    const server = await readPidFile(databasePath);
    if (server?.ready) return databaseUrl(server.port, await readPassword(directory));
    if (performance.now() > deadline)
      throw new EmbeddedPostgresFailed(`A hub holds ${directory}, but its database does not get ready.`);
    await pause(READY_POLL_MS);
  }
  return undefined;
}

async function isHeld(directory: string): Promise<boolean> {
  try {
    (await lockDirectory(directory)).release();
    return false;
  } catch (error) {
    if (error instanceof DirectoryInUse) return true;
    throw error;
  }
}
