import { addCounts, NO_ROWS, type ImportCounts } from './import-counts.js';
import type { ImportJob } from './import-job.js';
import { findPlace, type ImportPass } from './import-mark.js';
import { ImportProgress, type ImportProgressLine } from './import-progress.js';
import type { ImportReport, TableReport } from './import-report.js';
import { SourceUnreadable, type ImportTable } from './import-source.js';
import { TableImport } from './import-table.js';
import { chooseTables } from './import-tables.js';

export interface ImportRequest extends Omit<ImportJob, 'progress'> {
  /** Once a second at most. */
  readonly onProgress?: ((line: ImportProgressLine) => void) | undefined;
  /** Breaks off after the page that is under way. */
  readonly signal?: AbortSignal | undefined;
}

/** A table, and how far each pass over it has come. */
interface Plan {
  readonly of: ImportTable;
  readonly imports: readonly TableImport[];
  readonly storedBefore: number;
}

/**
 * Imports all records of an original. Each is stored exactly once, however often and wherever the process is killed and
 * run again: the place is committed with the records. Two imports of the same source at once would store records twice.
 * Throws what the storage throws; what was stored until then stays, and the next run goes on from there.
 */
export async function importRecords(request: ImportRequest): Promise<ImportReport> {
  const { source, signal, onProgress } = request;
  const { chosen, skipped } = chooseTables(await source.tables());
  const progress = new ImportProgress(onProgress);
  const job: ImportJob = { ...request, progress };
  const plans: (Plan | TableReport)[] = [];
  for (const of of chosen) plans.push(await planOf(job, of));
  progress.start();
  const tables: TableReport[] = [];
  for (const plan of plans) tables.push('imports' in plan ? await importTable(plan, signal) : plan);
  const isComplete = !signal?.aborted && tables.every(({ problem }) => problem === undefined);
  return { source: source.name, isComplete, tables, skipped };
}

async function planOf(job: ImportJob, of: ImportTable): Promise<Plan | TableReport> {
  const passes: readonly ImportPass[] = job.undatedAsMs === undefined ? ['dated'] : ['dated', 'undated'];
  const imports: TableImport[] = [];
  try {
    for (const pass of passes) {
      const place = await findPlace(job.source, job.backend, of.table, pass);
      if (place) imports.push(new TableImport(job, of, pass, place));
    }
    job.progress.expect(await job.source.estimate(of.table), imports[0]?.counts.read ?? 0);
  } catch (error) {
    return { ...of, counts: NO_ROWS, storedBefore: 0, problem: problemOf(error) };
  }
  return { of, imports, storedBefore: countsOf(imports).stored };
}

async function importTable(
  { of, imports, storedBefore }: Plan,
  signal: AbortSignal | undefined,
): Promise<TableReport> {
  let problem: string | undefined;
  try {
    for (const one of imports) await one.run(signal);
  } catch (error) {
    problem = problemOf(error);
  }
  return { ...of, counts: countsOf(imports), storedBefore, problem };
}

const countsOf = (imports: readonly TableImport[]): ImportCounts =>
  imports.reduce((sum, { counts }) => addCounts(sum, counts), NO_ROWS);

/** One table that cannot be read does not keep the others from being imported. */
function problemOf(error: unknown): string {
  if (error instanceof SourceUnreadable) return error.message;
  throw error;
}
