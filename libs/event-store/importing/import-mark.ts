import { createHash } from 'node:crypto';
import type { ImportTarget } from './import-target.js';
import { NO_ROWS, type ImportCounts } from './import-counts.js';
import { FIRST_ID, type ImportSource, type OldRow } from './import-source.js';

/** Undated rows are imported in a pass of their own, so that this can be decided later, too. */
export type ImportPass = 'dated' | 'undated';

/** How far the import of a table has come: committed with the records, so that no row is stored twice or left out. */
export interface ImportPlace {
  readonly markName: string;
  readonly afterId: number;
  readonly counts: ImportCounts;
}

interface MarkValue {
  readonly afterId: number;
  /** Fingerprint of the row that came last. */
  readonly row: string;
  readonly counts: ImportCounts;
}

/**
 * Where to go on. A table is known by its name and by the row that came last, not by where it is: a file may have been moved,
 * another one may lie in its place, and somebody may have deleted its oldest rows.
 */
export async function findPlace(
  source: ImportSource,
  backend: ImportTarget,
  table: string,
  pass: ImportPass,
): Promise<ImportPlace | undefined> {
  const [first] = await source.page(table, FIRST_ID, 1);
  if (!first) return undefined;
  for (let number = 1; ; number += 1) {
    const markName = `import/${pass}/${table}/${number}`;
    const text = await backend.readMark(markName);
    if (text === undefined) return { markName, afterId: FIRST_ID, counts: NO_ROWS };
    const { afterId, row, counts } = JSON.parse(text) as MarkValue;
    const [last] = await source.page(table, afterId - 1, 1);
    if (last && last.id === afterId && fingerprintOf(table, last) === row)
      return { markName, afterId, counts };
  }
}

/** The mark after a row. */
export function markAfter(table: string, last: OldRow, counts: ImportCounts): string {
  const value: MarkValue = { afterId: last.id, row: fingerprintOf(table, last), counts };
  return JSON.stringify(value);
}

const fingerprintOf = (table: string, row: OldRow): string =>
  createHash('sha256')
    .update(JSON.stringify([table, ...Object.entries(row)]))
    .digest('base64url')
    .slice(0, 22);
