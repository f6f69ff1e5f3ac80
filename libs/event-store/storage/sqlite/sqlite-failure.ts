import { StorageRefused, StorageUnavailable } from '../storage-backend.js';
import type { SqliteObjection } from './sqlite-protocol.js';

/** SQLite's primary result codes: https://www.sqlite.org/rescode.html (read 2026-11-28). */
export const SQLITE = {
  PERM: 3,
  BUSY: 5,
  LOCKED: 6,
  READONLY: 8,
  IOERR: 10,
  CORRUPT: 11,
  FULL: 13,
  CANTOPEN: 14,
  TOOBIG: 18,
  CONSTRAINT: 19,
  MISMATCH: 20,
  NOTADB: 26,
} as const;

const REFUSED: ReadonlySet<number> = new Set([SQLITE.TOOBIG, SQLITE.CONSTRAINT, SQLITE.MISMATCH]);

/** The primary result code; undefined when SQLite was not even asked. */
export const primaryCode = ({ code }: SqliteObjection): number | undefined =>
  code === undefined ? undefined : code % 256;

/** What a caller of a backend is told: whether the same may succeed later. */
export function failureOf(objection: SqliteObjection): StorageUnavailable | StorageRefused {
  const code = primaryCode(objection);
  if (code === undefined || REFUSED.has(code))
    return new StorageRefused(`SQLite cannot store this: ${objection.message}`);
  return new StorageUnavailable(`SQLite cannot do this at the moment: ${objection.message}`);
}
