import { addCounts, NO_ROWS, type ImportCounts } from './import-counts.js';
import type { ImportTable, SkippedTable } from './import-source.js';

export interface TableReport extends ImportTable {
  /** Of all runs together. */
  readonly counts: ImportCounts;
  /** How many of them had been stored by earlier runs. */
  readonly storedBefore: number;
  /** Why the rest of it could not be read. */
  readonly problem?: string | undefined;
}

/** What an import has come to. */
export interface ImportReport {
  /** As people know it. */
  readonly source: string;
  /** False when it was broken off, or a table could not be read to its end. */
  readonly isComplete: boolean;
  readonly tables: readonly TableReport[];
  /** Tables that look like the original's, and are left out. */
  readonly skipped: readonly SkippedTable[];
}

/** What is said of each count, where it is not zero. */
const REMARKS: readonly (readonly [keyof ImportCounts, string])[] = [
  ['datedByOption', 'had lost their time and got the one that was given'],
  ['timeRepaired', 'had a time in milliseconds, microseconds or nanoseconds, which was corrected'],
  ['tagsRepaired', 'had tags that are no JSON object: they are kept as a tag `othertags`'],
  ['charactersRepaired', 'hold characters that stand for what was no text (\ufffd)'],
  ['pastRetention', 'are older than the retention allows: its next run removes them'],
  [
    'undated',
    'left out: they have no time, or none that can be right (the original took seconds for nanoseconds, or stored the year 1; or it is far ahead)',
  ],
  ['withoutPayload', 'left out: without an event or a log text'],
  ['refused', 'left out: the storage does not take them'],
];

/** The report as text for people, with a line feed at its end. */
export function formatImportReport({ source, isComplete, tables, skipped }: ImportReport): string {
  const all = tables.reduce((sum, { counts }) => addCounts(sum, counts), NO_ROWS);
  const lines = [
    `${isComplete ? 'Imported' : 'Imported so far'} from ${source}: ${all.stored} of ${all.read} rows.`,
    ...tables.flatMap(linesOfTable),
    ...skipped.map(({ table, reason }) => `${shown(table)}: not imported, ${reason}.`),
  ];
  if (tables.length === 0)
    lines.push('There is no table whose name ends in _events or _logs and that could be imported.');
  if (all.undated > all.datedByOption)
    lines.push(
      'Rows that have lost their time can be imported under a given one: see the option for undated rows.',
    );
  if (!isComplete) lines.push('The next run goes on from here: no row is stored twice.');
  return `${lines.join('\n')}\n`;
}

function linesOfTable({ table, cluster, kind, counts, storedBefore, problem }: TableReport): string[] {
  const before = storedBefore > 0 ? `, ${storedBefore} of them by earlier runs` : '';
  return [
    `${shown(table)}: ${counts.stored} of ${counts.read} rows stored as ${kind}s of cluster ${shown(cluster)}${before}.`,
    ...REMARKS.filter(([name]) => counts[name] > 0).map(([name, text]) => `  ${counts[name]} ${text}.`),
    ...(problem === undefined ? [] : [`  The rest of it could not be read: ${problem}`]),
  ];
}

/** Names may hold anything. */
const shown = (name: string): string => (/^[\w.-]+$/.test(name) ? name : JSON.stringify(name));
