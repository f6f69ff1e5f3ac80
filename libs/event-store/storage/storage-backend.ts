import type { EventRecord, RecordKind, RecordPlace, StoredRecord } from '../record/index.js';

/** Which records are wanted. What is absent does not restrict; all that is there must match exactly. */
export interface Selection {
  readonly kind: RecordKind;
  readonly cluster: string;
  readonly name?: string | undefined;
  readonly hostname?: string | undefined;
  readonly type?: string | undefined;
  readonly typeId?: string | undefined;
  readonly stype?: string | undefined;
  readonly stypeId?: string | undefined;
  /** First and last moment, both included, in milliseconds since 1970. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Only what comes after this place. */
  readonly after?: RecordPlace | undefined;
  /** Of each record no more is needed than its id, time and payload: a reader may leave the rest empty. */
  readonly isBrief?: boolean;
}

/** How much is read at a time. */
export interface PageBounds {
  /** Records at most. With 0 it is only told whether there are any. */
  readonly limit: number;
  /** No record begins after so many bytes of others, as `bytesOf` counts them. From 1 on: the first always comes. */
  readonly maxBytes: number;
}

export interface SelectedRecords {
  readonly records: readonly StoredRecord[];
  /** Whether others that match come after them. */
  readonly hasMore: boolean;
}

/** Where records are read from: a storage backend, or the hub's streams. */
export interface EventReader {
  /** The first records that match, as many as are within the bounds, by time and by id within a time. Throws `StorageUnavailable`. */
  select(selection: Selection, bounds: PageBounds): Promise<SelectedRecords>;
  /** Names of all hosts of a cluster that records are kept of, sorted by code units; without the empty name. */
  hosts(cluster: string): Promise<string[]>;
}

/** How far something has come that stores records, so that it goes on from there and stores none twice. */
export interface StorageMark {
  readonly name: string;
  readonly value: string;
}

/** Where records are kept: PostgreSQL, or SQLite. */
export interface StorageBackend extends EventReader {
  /**
   * Stores all of them or none. When it resolves they are durable. Throws `StorageUnavailable` when the same may succeed
   * later, and `StorageRefused` when these records cannot be stored at all. A mark is kept with the records, or not at all.
   */
  store(records: readonly EventRecord[], mark?: StorageMark): Promise<void>;
  /** The value that was last stored under that name; undefined when there is none. */
  readMark(name: string): Promise<string | undefined>;
  /** Deletes the records of a kind of that time or earlier. Resolves with how many. May be called while others write. */
  forget(kind: RecordKind, upToMs: number): Promise<number>;
  /** How many pairs of cluster and kind have records: what the original calls active tables. */
  activeTables(): Promise<number>;
  /** Waits for what is under way, and closes. Nothing may be called afterwards. */
  close(): Promise<void>;
}

/** The storage cannot be reached, is busy or is full: the same may succeed later. The message says why, without secrets. */
export class StorageUnavailable extends Error {
  constructor(reason: string, options?: ErrorOptions) {
    super(reason, options);
    this.name = 'StorageUnavailable';
  }
}

/** These records cannot be stored, now or later. The message says why, without secrets. */
export class StorageRefused extends Error {
  constructor(reason: string, options?: ErrorOptions) {
    super(reason, options);
    this.name = 'StorageRefused';
  }
}
