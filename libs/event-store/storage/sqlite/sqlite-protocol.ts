/** What goes between a connection and its thread. Types only: the thread runs as it is, in tests too. */
export type SqliteValue = string | number | bigint | null | Uint8Array;

/** The values of one parameter, or of one column of an answer, in the order of the rows; null when all of them are. */
export type SqliteColumn = readonly SqliteValue[] | null;

/** A statement, run once for each row of its parameters. */
export interface SqliteStep {
  readonly sql: string;
  readonly rows: number;
  /** One for each parameter. */
  readonly columns: readonly SqliteColumn[];
}

/** How many of the rows that a statement finds are read. */
export interface RowBounds {
  readonly maxRows: number;
  /** Rows are read for as long as those before them have less than `maxSum` in this column together. */
  readonly summedColumn: number;
  readonly maxSum: number;
}

/** What a thread is started with. */
export interface SqliteThreadSettings {
  /** Path of the file, or a `file:` URL with parameters. */
  readonly location: string;
  readonly readOnly: boolean;
  /** How long a statement waits for those of others. */
  readonly busyTimeoutMs: number;
  /** Run one by one as soon as the file is open. */
  readonly setUp: readonly string[];
}

export type SqliteRequest =
  | {
      readonly kind: 'read';
      readonly id: number;
      readonly sql: string;
      readonly parameters: readonly SqliteValue[];
      /** Without any all rows are read. */
      readonly bounds?: RowBounds | undefined;
    }
  /** All steps in one transaction, or none. */
  | { readonly kind: 'write'; readonly id: number; readonly steps: readonly SqliteStep[] }
  /** Closes the file and ends the thread. */
  | { readonly kind: 'close'; readonly id: number };

/** What SQLite, or Node.js before it, objects to. */
export interface SqliteObjection {
  readonly message: string;
  /** SQLite's extended result code; undefined when it is not SQLite that objects. */
  readonly code: number | undefined;
}

/** The request with id 0 is the opening of the file. */
export interface SqliteReply {
  readonly id: number;
  readonly objection?: SqliteObjection;
  /** Of a read: its columns. */
  readonly columns?: readonly SqliteColumn[];
  /** Of a read: whether there are rows that are not within its bounds. */
  readonly hasMore?: boolean;
  /** Of a write: how many rows each step changed. */
  readonly changes?: readonly number[];
}
