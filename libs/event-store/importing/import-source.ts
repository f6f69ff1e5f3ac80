import type { RecordKind } from '../record/index.js';

/** A table or view, as the catalogue has it. */
export interface OldTable {
  readonly name: string;
  readonly columns: readonly string[];
  readonly isView: boolean;
}

/** A row, as the original wrote it: texts, or null where nobody said anything. */
export interface OldRow {
  readonly id: number;
  /** Digits, when all is well. */
  readonly timestamp: string | null;
  readonly name: string | null;
  readonly hostname: string | null;
  readonly type: string | null;
  readonly typeid: string | null;
  readonly stype: string | null;
  readonly stypeid: string | null;
  readonly othertags: string | null;
  readonly field: string | null;
}

/** All but `id`, in the order in which they are read. */
export const TEXT_COLUMNS = [
  'timestamp',
  'name',
  'hostname',
  'type',
  'typeid',
  'stype',
  'stypeid',
  'othertags',
  'field',
] as const;

export const FIRST_ID = Number.MIN_SAFE_INTEGER;

/** Where an original's records are read from. Nothing is ever written to it, and others may write meanwhile. */
export interface ImportSource {
  /** As people know it, without secrets. */
  readonly name: string;
  tables(): Promise<readonly OldTable[]>;
  /** About how many rows there are, at once however many: for progress alone. */
  estimate(table: string): Promise<number>;
  /** The first rows with a greater id, by id. */
  page(table: string, afterId: number, limit: number): Promise<readonly OldRow[]>;
  close(): Promise<void>;
}

/** A table that can be imported. */
export interface ImportTable {
  readonly table: string;
  readonly cluster: string;
  readonly kind: RecordKind;
}

/** A table that looks like one of the original's, and is left out. */
export interface SkippedTable {
  readonly table: string;
  readonly reason: string;
}

/** The source cannot be read, or not that table of it. */
export class SourceUnreadable extends Error {
  constructor(cause: unknown) {
    super((cause as Error).message, { cause });
    this.name = 'SourceUnreadable';
  }
}
