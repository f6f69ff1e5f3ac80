import { chmod, link, mkdir, readFile, unlink, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { newId } from '../domain/index.js';

/** A key of the hub cannot be used; `message` names the file or setting and what to do. Never holds key material. */
export class UnusableKey extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UnusableKey';
  }
}

const codeOf = (error: unknown): string => (error as { code?: string }).code ?? 'unknown error';

async function read(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw new UnusableKey(
      `The key file ${path} cannot be read (${codeOf(error)}). Give this user the right to read it.`,
    );
  }
}

/**
 * The content of a key file; made with `create` (mode 0600) when it is not there. Of several processes that start at
 * once all end up with the same content: the file appears complete or not at all, and whoever comes second reads it.
 */
export async function readOrCreateKeyFile(
  path: string,
  create: () => string | Promise<string>,
): Promise<string> {
  const present = await read(path);
  if (present !== undefined) return present;
  const draft = `${path}.${newId()}`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeFile(draft, await create(), { flag: 'wx', mode: 0o600 });
    await chmod(draft, 0o600);
    await publish(draft, path);
  } catch (error) {
    throw new UnusableKey(`The key file ${path} cannot be written (${codeOf(error)}).`);
  } finally {
    await unlink(draft).catch(() => undefined);
  }
  const content = await read(path);
  if (content === undefined) throw new UnusableKey(`The key file ${path} vanished while it was being made.`);
  return content;
}

/** A link fails where a file is already; a rename would overwrite the key of a process that was faster. */
async function publish(draft: string, path: string): Promise<void> {
  try {
    await link(draft, path);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  }
}
