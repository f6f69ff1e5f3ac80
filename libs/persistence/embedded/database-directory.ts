import { randomBytes } from 'node:crypto';
import {
  chmod,
  chown,
  lchown,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { EmbeddedPostgresFailed, explainFailure } from './failure.js';
import { runProgram } from './program.js';
import { canReach, type ServerUser } from './server-user.js';

/** Major version of the npm packages; a database of another one cannot be opened. */
const MAJOR_VERSION = '18';

/** The database's superuser, and the name of its database. */
export const DATABASE_USER = 'spillway';

/** How its server is reached; holds the password. */
export const databaseUrl = (port: number, password: string, database: string = DATABASE_USER): string =>
  `postgres://${DATABASE_USER}:${password}@127.0.0.1:${port}/${database}`;

const UNFINISHED = '.unfinished-';

export interface DatabaseDirectory {
  readonly path: string;
  /** How PostgreSQL is told of it. */
  readonly argument: string;
  readonly password: string;
}

/**
 * The database in `<directory>/postgres`, initialised if there is none. It is initialised beside and renamed when
 * complete, so a directory of that name is whole; the remains of an initdb that was killed are removed.
 */
export async function prepareDatabaseDirectory(options: {
  directory: string;
  initdb: string;
  user: ServerUser | undefined;
  durable: boolean;
}): Promise<DatabaseDirectory> {
  const { directory, user } = options;
  const path = join(directory, 'postgres');
  const found = await versionIn(path);
  if (found === undefined) await initialise(options, path);
  else if (found !== MAJOR_VERSION) {
    throw new EmbeddedPostgresFailed(
      `The database in ${path} was made by PostgreSQL ${found}, but this hub brings PostgreSQL ${MAJOR_VERSION}. ` +
        'Dump and restore it, or set DATABASE_URL.',
    );
  }
  if (user) await own(path, user);
  return { path, argument: await argumentFor(path, user), password: await readPassword(directory) };
}

async function versionIn(path: string): Promise<string | undefined> {
  const entries = await readdir(path).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === 'ENOENT') return [];
    throw explainFailure('The database cannot be opened', error, path);
  });
  if (entries.length === 0) return undefined;
  if (!entries.includes('PG_VERSION')) {
    throw new EmbeddedPostgresFailed(`${path} is not empty and holds no PostgreSQL database. Move it away.`);
  }
  return (await readFile(join(path, 'PG_VERSION'), 'utf8')).trim();
}

async function initialise(
  { directory, initdb, user, durable }: Parameters<typeof prepareDatabaseDirectory>[0],
  path: string,
): Promise<void> {
  // A name of its own: the initdb of a killed hub may still be writing into an earlier one.
  const unfinished = `${path}${UNFINISHED}${randomBytes(4).toString('hex')}`;
  try {
    await removeUnfinished(directory);
    await mkdir(unfinished, { mode: 0o700 });
    if (user) await chown(unfinished, user.uid, user.gid);
    const passwordFile = await openPasswordFor(directory, user);
    try {
      const dataArgument = await argumentFor(unfinished, user);
      await runProgram(initdb, initdbArguments(dataArgument, durable), {
        cwd: unfinished,
        user,
        stdin: passwordFile.fd,
      });
    } finally {
      await passwordFile.close();
    }
    await rename(unfinished, path);
    await syncDirectory(directory);
  } catch (error) {
    await removeUnfinished(directory);
    throw explainFailure('The embedded database could not be initialised', error, directory);
  }
}

async function removeUnfinished(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    if (!name.startsWith(`postgres${UNFINISHED}`)) continue;
    // What cannot be removed now is removed by the next initialisation, if there ever is one.
    await rm(join(directory, name), { recursive: true, force: true, maxRetries: 10 }).catch(() => undefined);
  }
}

const initdbArguments = (dataArgument: string, durable: boolean): string[] => [
  `--pgdata=${dataArgument}`,
  `--username=${DATABASE_USER}`,
  '--auth=scram-sha-256',
  '--pwfile=/dev/stdin',
  '--encoding=UTF8',
  // PostgreSQL's own UTF-8 rules: alike everywhere, whatever locales the system has.
  '--locale=C',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
  ...(durable ? [] : ['--no-sync']),
];

/**
 * The path, unless the server's user cannot come down to it from the root (a data directory in /root, or one with mode
 * 0700): then the working directory, which we enter as root before the program becomes that user. Linux only.
 */
async function argumentFor(path: string, user: ServerUser | undefined): Promise<string> {
  if (user === undefined || (await canReach(path, user))) return path;
  if (process.platform === 'linux') return '/proc/self/cwd';
  throw new EmbeddedPostgresFailed(
    `PostgreSQL does not run as root, and the user it runs as instead (uid ${user.uid}) may not enter ${path}. ` +
      'Set SPILLWAY_DATA_DIR to a directory that every user may pass through, or start the hub as an ordinary user.',
  );
}

const passwordPath = (directory: string): string => join(directory, 'postgres-password');

/** The password of the database beside it. */
export async function readPassword(directory: string): Promise<string> {
  const file = passwordPath(directory);
  const password = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT')
      throw explainFailure("The database's password cannot be read", error, directory);
    throw new EmbeddedPostgresFailed(
      `${file} is missing: it holds the password of the database beside it. Restore it.`,
    );
  });
  return password.trim();
}

/** Makes the password, unless an earlier try did, and opens a copy that initdb's user may read; it has no name. */
async function openPasswordFor(directory: string, user: ServerUser | undefined): Promise<FileHandle> {
  const password = randomBytes(24).toString('base64url');
  const file = passwordPath(directory);
  await writeFile(file, `${password}\n`, { mode: 0o600, flush: true });
  await chmod(file, 0o600);
  const copy = `${file}.initdb`;
  await rm(copy, { force: true });
  await writeFile(copy, `${password}\n`, { mode: 0o600 });
  if (user) await chown(copy, user.uid, user.gid);
  const handle = await open(copy, 'r');
  await rm(copy);
  return handle;
}

async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** As root: a database restored from a backup may belong to root, and PostgreSQL wants its own with mode 0700. */
async function own(path: string, user: ServerUser): Promise<void> {
  const { uid } = await stat(path);
  if (uid === user.uid) return;
  for (const entry of await readdir(path, { recursive: true })) {
    await lchown(join(path, entry), user.uid, user.gid);
  }
  await chmod(path, 0o700);
  // Last: its owner tells that all the rest is done.
  await lchown(path, user.uid, user.gid);
}
