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

/** What is there to be read. */
export interface FoundFiles {
  readonly files: readonly FoundFile[];
  /** Directories that are there and cannot be read, and why: of the files in them nothing is known. */
  readonly closed: ReadonlyMap<string, Error>;
}

/**
 * The files to read, in the order in which to read them: those of the directory itself and of each directory in it; of
 * each by kind, oldest first. Throws when the directory itself cannot be read.
 */
export async function findLogFiles(
  directory: string,
  options: { readonly stats: boolean },
): Promise<FoundFiles> {
  const entries = await readdir(directory, { withFileTypes: true });
  const below = entries.filter((entry) => !entry.isFile()).map(({ name }) => join(directory, name));
  const names = entries.map(({ name }) => name);
  const files = [...(await filesIn(directory, names, options))];
  const closed = new Map<string, Error>();
  for (const each of below.sort()) {
    try {
      files.push(...(await filesIn(each, await namesIn(each), options)));
    } catch (error) {
      closed.set(each, error as Error);
    }
  }
  return { files, closed };
}

/** Of what is no directory, or vanished: nothing. */
const namesIn = (directory: string): Promise<readonly string[]> =>
  readdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return [];
    throw error;
  });

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
