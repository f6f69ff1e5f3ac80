import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What `postmaster.pid` says; the order of its lines is fixed by PostgreSQL's miscadmin.h (read in version 18). */
export interface PidFile {
  readonly pid: number;
  readonly port: number;
  readonly ready: boolean;
}

export const pidFilePath = (databasePath: string): string => join(databasePath, 'postmaster.pid');

/** `undefined` when there is none, or none that makes sense. */
export async function readPidFile(databasePath: string): Promise<PidFile | undefined> {
  const text = await readFile(pidFilePath(databasePath), 'utf8').catch(() => '');
  const lines = text.split('\n');
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  return { pid, port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' };
}
