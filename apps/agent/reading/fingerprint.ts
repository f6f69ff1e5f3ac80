import { createHash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import type { Fingerprint } from '../keeping/place.js';

/** Lines begin with their time to a ten-millionth of a second: no two files begin alike. */
const LENGTH = 256;

export const NO_FINGERPRINT: Fingerprint = { length: 0, digest: '' };

/** Of as much of a file's beginning as has been read. */
export async function fingerprintOf(handle: FileHandle, read: number): Promise<Fingerprint> {
  const length = Math.min(LENGTH, read);
  if (length === 0) return NO_FINGERPRINT;
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, 0);
  return {
    length: bytesRead,
    digest: createHash('sha256').update(buffer.subarray(0, bytesRead)).digest('hex'),
  };
}

export async function fingerprintAt(path: string, read: number): Promise<Fingerprint> {
  const handle = await open(path, 'r');
  try {
    return await fingerprintOf(handle, read);
  } finally {
    await handle.close();
  }
}

/** Whether the file still begins as it did. */
export async function beginsAs(handle: FileHandle, { length, digest }: Fingerprint): Promise<boolean> {
  return length === 0 || (await fingerprintOf(handle, length)).digest === digest;
}

export const isWhole = ({ length }: Fingerprint): boolean => length === LENGTH;
