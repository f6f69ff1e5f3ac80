import { DatabaseSync, type SQLInputValue } from 'node:sqlite';

/** The columns of the original's tables. */
export interface OldSample {
  readonly id?: number | null;
  readonly timestamp?: SQLInputValue;
  readonly name?: string | null;
  readonly hostname?: string | null;
  readonly type?: string | null;
  readonly typeid?: string | null;
  readonly stype?: string | null;
  readonly stypeid?: string | null;
  /** The original's driver stores the text of JSON as bytes. */
  readonly othertags?: SQLInputValue;
  readonly field?: SQLInputValue;
}

export const OLD_NOW_MS = Date.UTC(2026, 5, 15, 12);
/** In seconds. */
export const OLD_TIMESTAMP = OLD_NOW_MS / 1_000 - 3_600;
export const OLD_COLUMNS = 'id, timestamp, name, hostname, type, typeid, stype, stypeid, othertags, field';

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A row as the original writes it, an hour before `OLD_NOW_MS`. */
export const anOldRow = (members: OldSample = {}): SQLInputValue[] => {
  const row = {
    id: null,
    timestamp: OLD_TIMESTAMP,
    name: 'job',
    hostname: 'node-1',
    type: 'node',
    typeid: '0',
    stype: null,
    stypeid: null,
    othertags: bytesOf('{"function":"start_job"}'),
    field: '{"jobId": 69}',
    ...members,
  };
  return OLD_COLUMNS.split(', ').map((column) => row[column as keyof typeof row]);
};

/** Adds rows to a table of the original, which is made where there is none. */
export function writeOldTable(file: string, table: string, rows: readonly SQLInputValue[][]): void {
  const database = new DatabaseSync(file);
  try {
    database.exec(`CREATE TABLE IF NOT EXISTS "${table}" (id integer primary key, timestamp bigint, name text,
      hostname text, type text, typeid text, stype text, stypeid text, othertags json, field text); BEGIN`);
    const insert = database.prepare(
      `INSERT INTO "${table}" (${OLD_COLUMNS}) VALUES (${rows[0]?.map(() => '?').join() ?? '0'})`,
    );
    for (const row of rows) insert.run(...row);
    database.exec('COMMIT');
  } finally {
    database.close();
  }
}
