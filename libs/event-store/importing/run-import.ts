import type { Logger } from '../../observability/logging/index.js';
import type { PostgresSettings, SqliteSettings } from '../storage/index.js';
import { formatImportReport, type ImportReport } from './import-report.js';
import { importRecords, type ImportRequest } from './import-records.js';
import type { ImportSource } from './import-source.js';
import { DryTarget } from './import-target.js';
import { openOldPostgres } from './old-postgres.js';
import { openOldSqlite } from './old-sqlite.js';

/** Where an original keeps its records: a database, or the file itself. */
export type ImportOrigin = PostgresSettings | Pick<SqliteSettings, 'type' | 'path'>;

/** An import as the command line asks for it. */
export interface ImportOptions extends Omit<ImportRequest, 'source' | 'onProgress'> {
  readonly from: ImportOrigin;
  /** Says what an import would do, and stores nothing. */
  readonly isDryRun?: boolean;
  readonly logger: Logger;
}

/** Imports, and writes progress and report for people. Throws a sentence when the source cannot be opened. */
export async function runImport(
  { from, logger, isDryRun = false, ...request }: ImportOptions,
  out: { write(text: string): unknown },
): Promise<ImportReport> {
  const source = await openSource(from, logger);
  try {
    const report = await importRecords({
      ...request,
      backend: isDryRun ? new DryTarget(request.backend) : request.backend,
      source,
      onProgress: ({ table, rows, total, rowsPerSecond }) =>
        out.write(`${rows} of ${total} rows, ${rowsPerSecond} a second: ${table}\n`),
    });
    out.write(`${isDryRun ? 'Nothing was stored. An import would say:\n' : ''}${formatImportReport(report)}`);
    return report;
  } finally {
    await source.close();
  }
}

const openSource = (from: ImportOrigin, logger: Logger): Promise<ImportSource> =>
  from.type === 'sqlite' ? openOldSqlite(from.path, logger) : openOldPostgres(from, logger);
