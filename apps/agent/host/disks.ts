import { realpath, stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';

/** A file system by where it is mounted. `used` includes what is reserved for root: total less free. */
export interface Disk {
  readonly mount: string;
  readonly totalBytes: number;
  readonly usedBytes: number;
}

/** The file systems that the directories are on, each once. Rejects when a directory cannot be looked at. */
export async function disksOf(directories: readonly string[]): Promise<readonly Disk[]> {
  const mounts = new Set<string>();
  for (const directory of directories) mounts.add(await mountOf(directory));
  return Promise.all([...mounts].map(diskAt));
}

/** The uppermost directory on the same device. */
async function mountOf(path: string): Promise<string> {
  let mount = await realpath(path);
  const { dev } = await stat(mount);
  while (dirname(mount) !== mount && (await stat(dirname(mount))).dev === dev) mount = dirname(mount);
  return mount;
}

async function diskAt(mount: string): Promise<Disk> {
  const { bsize, blocks, bfree } = await statfs(mount);
  return { mount, totalBytes: blocks * bsize, usedBytes: (blocks - bfree) * bsize };
}
