import { existsSync } from 'node:fs';
import { access, constants, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

const FILE_OF_DIRECTORY = 'events.db';

/** The file that a configured path means. Throws a sentence when there can be none. */
export async function locateFile(path: string): Promise<string> {
  if (path === '' || path.includes(':memory:') || path.startsWith('file:') || path.includes('\0'))
    throw new Error(`The database_path "${path}" is neither a file nor a directory.`);
  const absolute = resolve(path);
  const file = (await isDirectory(absolute)) ? join(absolute, FILE_OF_DIRECTORY) : absolute;
  const directory = dirname(file);
  if (!(await isDirectory(directory)))
    throw new Error(`The directory ${directory} of the SQLite file does not exist.`);
  // Files come and go beside the database.
  await mustBeWritable(directory, constants.W_OK | constants.X_OK, `The directory ${directory}`);
  if (existsSync(file)) await mustBeWritable(file, constants.R_OK | constants.W_OK, `The file ${file}`);
  return file;
}

const isDirectory = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );

async function mustBeWritable(path: string, mode: number, what: string): Promise<void> {
  try {
    await access(path, mode);
  } catch (error) {
    throw new Error(`${what} cannot be written by this user (${(error as NodeJS.ErrnoException).code}).`, {
      cause: error,
    });
  }
}
