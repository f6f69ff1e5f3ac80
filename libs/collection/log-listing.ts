import { z } from 'zod';
import { compareLogFiles, logFileOf, succeeds, type LogFile } from '../log-files/index.js';
import type { LogFilePosition } from '../persistence/index.js';
import { readAnswer } from './read-answer.js';

/** Servers list 1000 files at the most (docs/server/diagnostics/logs.md, read 2026-11-20). */
const MAX_FILES = 1_000;

const listing = z
  .array(z.object({ name: z.string(), size: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER) }))
  .max(MAX_FILES);

export interface ListedFile extends LogFile {
  /** In bytes. */
  readonly size: number;
}

/** The main log files that `/admin/logs` lists, oldest first. Throws `UnreadableAnswer`. */
export function parseLogListing(body: string): ListedFile[] {
  return readAnswer(body, listing)
    .flatMap(({ name, size }): ListedFile[] => {
      const file = logFileOf(name);
      return file?.kind === 'main' && file.day !== undefined ? [{ ...file, size }] : [];
    })
    .toSorted(compareLogFiles);
}

/** A file that has something to be read. */
export interface UnreadFile extends ListedFile {
  /** What stands of it; null for a file that is new. */
  readonly before: number | null;
  /** Where to read from: `before`, or the beginning of a file that has become shorter since. */
  readonly from: number;
  /** Nothing is appended to it any more, for another file goes on where it ended. */
  readonly isFinished: boolean;
}

/**
 * What is to be read, in this order: the files that were begun, and those that followed them. Older ones were there
 * before the first poll, or are forgotten, and are not read. Empty also before the first poll.
 */
export function unreadFiles(
  files: readonly ListedFile[],
  positions: readonly LogFilePosition[],
): UnreadFile[] {
  const known = new Map(positions.map(({ file, offset }) => [file, offset]));
  const newest = positions
    .flatMap(({ file }) => logFileOf(file) ?? [])
    .toSorted(compareLogFiles)
    .at(-1);
  if (newest === undefined) return [];
  return files.flatMap((file): UnreadFile[] => {
    const before = known.get(file.name) ?? null;
    if (before === null && !succeeds(file, newest)) return [];
    const from = before === null || file.size < before ? 0 : before;
    if (file.size === (before ?? 0)) return [];
    return [{ ...file, before, from, isFinished: files.some((other) => succeeds(other, file)) }];
  });
}
