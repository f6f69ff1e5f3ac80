import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { compareLogFiles, isRead, logFileOf, succeeds, type LogFile } from '../../../libs/log-files/index.js';

/** A log file as it lies in the directory. */
export interface FoundFile {
  readonly path: string;
  readonly device: string;
  readonly inode: string;
  readonly size: number;
  readonly modifiedMs: number;
  /** Whether the server has gone on to another file: this one is complete. */
  readonly isFinished: boolean;
}

interface Found extends FoundFile {
  readonly file: LogFile;
}

/**
 * The files to read, in the order in which to read them: those of the directory itself and of each directory in it; of
 * each by kind, oldest first. Throws when the directory cannot be read.
 */
export async function findLogFiles(
  directory: string,
  options: { readonly stats: boolean },
): Promise<readonly FoundFile[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  const below = entries.filter((entry) => !entry.isFile()).map(({ name }) => join(directory, name));
  const found: FoundFile[] = [];
  for (const each of [directory, ...below.sort()]) {
    const names = each === directory ? entries.map(({ name }) => name) : await namesIn(each);
    found.push(...(await filesIn(each, names, options)));
  }
  return found;
}

/** Of what is no directory, or vanished, or is closed to us: nothing. It is not what we were told to read. */
const namesIn = (directory: string): Promise<readonly string[]> => readdir(directory).catch(() => []);

async function filesIn(
  directory: string,
  names: readonly string[],
  options: { readonly stats: boolean },
): Promise<readonly FoundFile[]> {
  const files = names
    .map((name) => logFileOf(name))
    .filter((file) => file !== undefined)
    .filter((file) => isRead(file, options))
    .sort(compareLogFiles);
  const looked = await Promise.all(files.map((file) => lookAt(join(directory, file.name), file)));
  const found = looked.filter((one) => one !== undefined);
  return found.map(({ file, ...one }) => ({
    ...one,
    isFinished: found.some((other) => succeeds(other.file, file)),
  }));
}

/** Undefined when it vanished meanwhile, or is no file. */
async function lookAt(path: string, file: LogFile): Promise<Found | undefined> {
  const found = await stat(path, { bigint: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (found === undefined || !found.isFile()) return undefined;
  return {
    file,
    path,
    device: String(found.dev),
    inode: String(found.ino),
    size: Number(found.size),
    modifiedMs: Number(found.mtimeMs),
    isFinished: false,
  };
}
