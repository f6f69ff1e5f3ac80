/** How far an import is. */
export interface ImportProgressLine {
  readonly table: string;
  /** Of all tables, with what was imported by earlier runs. */
  readonly rows: number;
  /** About as many as there were at the beginning. */
  readonly total: number;
  /** Of this run. */
  readonly rowsPerSecond: number;
}

const INTERVAL_MS = 1_000;

/** Says how far an import is, once a second at most. */
export class ImportProgress {
  private startedMs = 0;
  private saidMs = 0;
  private total = 0;
  private rowsBefore = 0;
  private rows = 0;

  constructor(
    private readonly say: (line: ImportProgressLine) => void = () => undefined,
    private readonly elapsedMs: () => number = () => performance.now(),
  ) {}

  /** A table has about so many rows, of which an earlier run has read some. */
  expect(total: number, rowsBefore: number): void {
    this.total += total;
    this.rowsBefore += rowsBefore;
  }

  start(): void {
    this.startedMs = this.elapsedMs();
    this.saidMs = this.startedMs;
  }

  advance(table: string, rows: number): void {
    this.rows += rows;
    const nowMs = this.elapsedMs();
    if (nowMs - this.saidMs < INTERVAL_MS) return;
    this.saidMs = nowMs;
    this.say({
      table,
      rows: this.rowsBefore + this.rows,
      total: this.total,
      rowsPerSecond: Math.round((this.rows / (nowMs - this.startedMs)) * 1_000),
    });
  }
}
