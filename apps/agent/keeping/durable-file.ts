import { open, rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';

export const DRAFT_SUFFIX = '.draft';

/** Writes a file so that after any crash it is either as before or complete. On return it is on disk. */
export async function writeDurably(path: string, parts: readonly (string | Buffer)[]): Promise<void> {
  const draft = `${path}${DRAFT_SUFFIX}`;
  try {
    const handle = await open(draft, 'w', 0o600);
    try {
      for (const part of parts) await handle.writeFile(part);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, path);
  } catch (error) {
    await unlink(draft).catch(() => undefined);
    throw error;
  }
  await syncDirectory(dirname(path));
}

async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
