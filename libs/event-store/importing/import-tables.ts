import { clusterNameProblem, type RecordKind } from '../record/index.js';
import { TEXT_COLUMNS, type ImportTable, type OldTable, type SkippedTable } from './import-source.js';

const NAMES = /^(.*)_(events|logs)$/s;
const KINDS: Readonly<Record<string, RecordKind>> = { events: 'event', logs: 'log' };
const OLD_COLUMNS = ['id', ...TEXT_COLUMNS];
/** No table of the original has it, and each of ours does. */
const COLUMN_OF_OURS = 'time_ms';

/** Which tables are imported, and which of those that look alike are not, each in the order of their names. */
export function chooseTables(tables: readonly OldTable[]): {
  readonly chosen: readonly ImportTable[];
  readonly skipped: readonly SkippedTable[];
} {
  const chosen: ImportTable[] = [];
  const skipped: SkippedTable[] = [];
  for (const table of tables.toSorted((one, other) => (one.name < other.name ? -1 : 1))) {
    const parts = NAMES.exec(table.name);
    if (!parts) continue;
    const [, cluster = '', ending = ''] = parts;
    const reason = reasonToSkip(table, cluster);
    if (reason === undefined) chosen.push({ table: table.name, cluster, kind: KINDS[ending]! });
    else skipped.push({ table: table.name, reason });
  }
  return { chosen, skipped };
}

function reasonToSkip({ columns, isView }: OldTable, cluster: string): string | undefined {
  if (isView) return 'it is a view';
  if (columns.includes(COLUMN_OF_OURS)) return 'it is a table of this event store';
  if (cluster === '') return 'its name names no cluster';
  const problem = clusterNameProblem(cluster);
  if (problem !== undefined) return problem;
  const missing = OLD_COLUMNS.filter((column) => !columns.includes(column));
  if (missing.length > 0) return `it lacks the column${missing.length > 1 ? 's' : ''} ${missing.join(', ')}`;
  return undefined;
}
