import { SealedRowsStore, type Database, type SealedRow } from '../../persistence/index.js';
import { SecretUnreadable, type SecretBox } from '../secret-box.js';
import { SEALED_COLUMNS, type SealedColumn } from './sealed-columns.js';

/** Locked together: some milliseconds of work. */
const BATCH_ROWS = 100;

/** How far the values of one table are sealed with the present key. */
export interface ResealProgress {
  readonly table: string;
  readonly done: number;
  readonly total: number;
}

/** While a run goes on. */
export interface RunningReseal extends ResealProgress {
  /** Values of all tables that this run has sealed anew so far. */
  readonly resealed: number;
}

/** A value that no key opens; nothing of its content. */
export interface UnreadableRow {
  readonly table: string;
  readonly id: string;
  readonly reason: string;
}

export interface ResealResult {
  /** Values that were sealed anew by this run; on a trial those that could be. */
  readonly resealed: number;
  /** By table, when the run was over. */
  readonly tables: readonly ResealProgress[];
  readonly unreadable: readonly UnreadableRow[];
}

export interface ResealOptions {
  /** Only opens what would be sealed anew. */
  readonly isTrial?: boolean;
  readonly onProgress?: (progress: RunningReseal) => void;
}

/**
 * Seals every value anew that is not sealed with the present key, beside hubs that work on the same rows: in small
 * batches, each a transaction of its own. A run that is cut off loses nothing, the next one goes on. Changes the sealed
 * columns only: to everybody else an integration is the same revision.
 */
export class Reseal {
  private readonly store = new SealedRowsStore();
  private readonly unreadable = new Map<string, UnreadableRow>();
  private resealed = 0;

  constructor(
    private readonly database: Database,
    private readonly box: SecretBox,
    private readonly options: ResealOptions = {},
  ) {}

  async run(): Promise<ResealResult> {
    const tables: ResealProgress[] = [];
    for (const column of SEALED_COLUMNS) tables.push(await this.column(column));
    return { resealed: this.resealed, tables, unreadable: [...this.unreadable.values()] };
  }

  private async column(column: SealedColumn): Promise<ResealProgress> {
    // First whatever nobody else is using; then we wait for the rest, one by one: a row of ours keeps nobody waiting.
    await this.pass(column, { limit: BATCH_ROWS, waits: false });
    if (!this.options.isTrial) await this.pass(column, { limit: 1, waits: true });
    return this.report(column);
  }

  private async pass(column: SealedColumn, how: { limit: number; waits: boolean }): Promise<void> {
    const { total, current } = await this.store.count(this.database, column, this.box.presentPrefix);
    let done = current;
    for (let after: string | undefined = ''; after !== undefined;) {
      const batch = await this.batch(column, { ...how, after });
      after = batch.last;
      this.resealed += batch.changed;
      done += batch.changed;
      if (batch.changed > 0)
        this.options.onProgress?.({
          table: column.table,
          done: Math.min(done, total),
          total,
          resealed: this.resealed,
        });
    }
  }

  private async batch(
    column: SealedColumn,
    range: { limit: number; waits: boolean; after: string },
  ): Promise<{ last: string | undefined; changed: number }> {
    return this.database.transaction(async (tx) => {
      const rows = await this.store.lockNext(tx, column, { ...range, prefix: this.box.presentPrefix });
      const changes = rows.flatMap((row) => this.sealedAnew(column, row) ?? []);
      const changed =
        this.options.isTrial === true || changes.length === 0
          ? changes.length
          : await this.store.replace(tx, column, changes);
      return { last: rows.at(-1)?.id, changed };
    });
  }

  private sealedAnew({ table, ownerOf }: SealedColumn, { id, sealed }: SealedRow) {
    const owner = ownerOf(id);
    try {
      const after = this.box.seal(this.box.open(sealed, owner), owner);
      this.unreadable.delete(`${table} ${id}`);
      return { id, before: sealed, after };
    } catch (error) {
      if (!(error instanceof SecretUnreadable)) throw error;
      this.unreadable.set(`${table} ${id}`, { table, id, reason: error.message });
      return undefined;
    }
  }

  private async report(column: SealedColumn): Promise<ResealProgress> {
    const { total, current } = await this.store.count(this.database, column, this.box.presentPrefix);
    return { table: column.table, done: current, total };
  }
}
