import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { promisify } from 'node:util';
import { EmbeddedPostgresFailed } from './failure.js';

const run = promisify(execFile);

/** Whom the server runs as, when that is not us: PostgreSQL refuses to run as root. */
export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

/**
 * `undefined` unless we are root. As root: the owner of an existing database, else the system's `postgres`,
 * else `nobody`. Nothing is added to the system.
 */
export async function chooseServerUser(databaseDirectory: string): Promise<ServerUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const existing = await stat(databaseDirectory).catch(() => undefined);
  if (existing && existing.uid !== 0) return { uid: existing.uid, gid: existing.gid };
  for (const name of ['postgres', 'nobody']) {
    const user = await lookUp(name);
    if (user) return user;
  }
  throw new EmbeddedPostgresFailed(
    'PostgreSQL does not run as root, and this system has neither a user `postgres` nor `nobody`. ' +
      'Start the hub as an ordinary user, or set DATABASE_URL.',
  );
}

async function lookUp(name: string): Promise<ServerUser | undefined> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]);
    // macOS says -2 for nobody.
    return { uid: Number(uid.stdout) >>> 0, gid: Number(gid.stdout) >>> 0 };
  } catch {
    return undefined;
  }
}

/** Whether this user may pass through every directory down to `path`, judged by owner and mode. */
export async function canReach(path: string, user: ServerUser): Promise<boolean> {
  for (let directory = resolve(path); ; directory = dirname(directory)) {
    const { uid, gid, mode } = await stat(directory);
    const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return false;
    if (directory === dirname(directory)) return true;
  }
}
