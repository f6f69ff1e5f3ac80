import type { EventRecord } from '../record/index.js';
import { StorageRefused } from '../storage/index.js';
import { addCounts, NO_ROWS, type ImportCounts } from './import-counts.js';
import { markAfter, type ImportPass, type ImportPlace } from './import-mark.js';
import type { ImportJob } from './import-job.js';
import type { ImportTable, OldRow } from './import-source.js';
import { repairRow, type RepairedRow } from './repair-row.js';

const MOST_ROWS_A_PAGE = 2_000;
/** Payloads may be long: what is in memory at once is bounded by fewer rows at a time. */
const CHARACTERS_A_PAGE = 4_000_000;

/** Imports what is in a table after a place, page by page. Throws what the storage throws, and what the source does. */
export class TableImport {
  private rowsAPage = 100;

  constructor(
    private readonly job: ImportJob,
    private readonly of: ImportTable,
    private readonly pass: ImportPass,
    private place: ImportPlace,
  ) {}

  get counts(): ImportCounts {
    return this.place.counts;
  }

  /** Until there is nothing left, or until it is told to stop. */
  async run(signal: AbortSignal | undefined): Promise<void> {
    for (;;) {
      if (signal?.aborted) return;
      const rows = await this.read();
      if (rows.length === 0) return;
      await this.storeRows(rows);
      if (this.pass === 'dated') this.job.progress.advance(this.of.table, rows.length);
    }
  }

  private async read(): Promise<readonly OldRow[]> {
    const rows = await this.job.source.page(this.of.table, this.place.afterId, this.rowsAPage);
    const characters = rows.reduce((sum, row) => sum + lengthOf(row), 0);
    const wanted = (CHARACTERS_A_PAGE * rows.length) / Math.max(characters, 1);
    this.rowsAPage = Math.max(1, Math.min(MOST_ROWS_A_PAGE, this.rowsAPage * 4, Math.floor(wanted)));
    return rows;
  }

  /** What the storage does not take is looked for by halves, each with a mark of its own. */
  private async storeRows(rows: readonly OldRow[]): Promise<void> {
    try {
      return await this.commit(rows, this.sort(rows));
    } catch (error) {
      if (!(error instanceof StorageRefused)) throw error;
    }
    if (rows.length === 1)
      return this.commit(rows, { records: [], counts: { ...NO_ROWS, read: 1, refused: 1 } });
    const half = Math.ceil(rows.length / 2);
    await this.storeRows(rows.slice(0, half));
    await this.storeRows(rows.slice(half));
  }

  private async commit(
    rows: readonly OldRow[],
    { records, counts }: { records: readonly EventRecord[]; counts: ImportCounts },
  ): Promise<void> {
    const { markName } = this.place;
    // The first pass has counted them already.
    const taken = this.pass === 'dated' ? counts : { ...counts, read: 0, undated: -counts.read };
    const next = addCounts(this.place.counts, taken);
    const last = rows.at(-1)!;
    await this.job.backend.store(records, { name: markName, value: markAfter(this.of.table, last, next) });
    this.place = { markName, afterId: last.id, counts: next };
  }

  private sort(rows: readonly OldRow[]): { records: readonly EventRecord[]; counts: ImportCounts } {
    const { nowMs, undatedAsMs, retentionMs } = this.job;
    const rules = { nowMs, undatedAsMs: this.pass === 'undated' ? undatedAsMs : undefined };
    const repaired = rows.map((row) => repairRow(row, this.of, rules));
    const mine = this.pass === 'dated' ? repaired : repaired.filter(isUndatedRecord);
    const records = mine.flatMap((row) => ('record' in row ? [row.record] : []));
    return { records, counts: tally(mine, nowMs - (retentionMs?.[this.of.kind] ?? Infinity)) };
  }
}

const isUndatedRecord = (row: RepairedRow): boolean => 'record' in row && row.isUndated;

const lengthOf = ({ field, othertags }: OldRow): number => (field?.length ?? 0) + (othertags?.length ?? 0);

/** What of them is as old as that, or older, will not last. */
function tally(rows: readonly RepairedRow[], forgottenUpToMs: number): ImportCounts {
  const counts = { ...NO_ROWS, read: rows.length };
  for (const row of rows) {
    if ('damage' in row) counts[row.damage] += 1;
    else {
      counts.stored += 1;
      if (row.isUndated) counts.datedByOption += 1;
      if (row.record.timeMs <= forgottenUpToMs) counts.pastRetention += 1;
      for (const repair of row.repairs) counts[`${repair}Repaired`] += 1;
    }
  }
  return counts;
}
