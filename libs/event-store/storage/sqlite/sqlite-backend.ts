import { RECORD_KINDS, type EventRecord, type RecordKind } from '../../record/index.js';
import type {
  PageBounds,
  SelectedRecords,
  Selection,
  StorageBackend,
  StorageMark,
} from '../storage-backend.js';
import type { SqliteConnection } from './sqlite-connection.js';
import type { SqliteColumn, SqliteStep } from './sqlite-protocol.js';
import { selectRecords } from './sqlite-select.js';
import { READ_MARK, STATEMENTS, STORE_MARK } from './sqlite-statements.js';

/** In one transaction: those who write get in between two of them. */
const FORGOTTEN_AT_ONCE = 5_000;
/** Free pages are used again; only when they are more than this part of the file, it shrinks. */
const FREE_PART = 0.25;
const RELEASED_PAGES_AT_ONCE = 1_000;

/** In the order of the columns of the insert. */
const VALUES: readonly ((record: EventRecord) => string | number | null)[] = [
  ({ timeMs }) => timeMs,
  ({ cluster }) => cluster,
  ({ name }) => name,
  ({ hostname }) => hostname,
  ({ type }) => type,
  ({ typeId }) => typeId,
  ({ stype }) => stype,
  ({ stypeId }) => stypeId,
  ({ tags }) => tags,
  ({ fields }) => fields,
  ({ payload }) => payload,
];

/** One connection that writes, and others that read what is committed meanwhile. */
export class SqliteBackend implements StorageBackend {
  private isClosing = false;
  private readonly underWay = new Set<Promise<unknown>>();

  constructor(
    private readonly writer: SqliteConnection,
    private readonly readers: readonly [SqliteConnection, ...SqliteConnection[]],
  ) {}

  async store(records: readonly EventRecord[], mark?: StorageMark): Promise<void> {
    const steps = RECORD_KINDS.flatMap((kind) => insertOf(kind, records));
    if (mark) steps.push({ sql: STORE_MARK, rows: 1, columns: [[mark.name], [mark.value]] });
    if (steps.length > 0) await this.writer.write(steps);
  }

  async readMark(name: string): Promise<string | undefined> {
    const [values] = await this.reader().read(READ_MARK, [name]);
    return (values?.[0] as string | undefined) ?? undefined;
  }

  select(selection: Selection, bounds: PageBounds): Promise<SelectedRecords> {
    return this.awaited(selectRecords(() => this.reader(), selection, bounds));
  }

  async hosts(cluster: string): Promise<string[]> {
    const found = await Promise.all(
      RECORD_KINDS.map((kind) => this.reader().read(STATEMENTS[kind].hosts, [cluster, cluster])),
    );
    // SQLite sorts by code points.
    return [...new Set(found.flatMap(([names]) => (names ?? []) as readonly string[]))].sort();
  }

  async activeTables(): Promise<number> {
    const counts = await Promise.all(RECORD_KINDS.map(async (kind) => (await this.clusters(kind)).length));
    return counts.reduce((sum, count) => sum + count, 0);
  }

  forget(kind: RecordKind, upToMs: number): Promise<number> {
    return this.awaited(this.forgetAll(kind, upToMs));
  }

  async close(): Promise<void> {
    this.isClosing = true;
    await Promise.allSettled(this.underWay);
    await Promise.all(this.readers.map((reader) => reader.close()));
    // The last one to leave puts the journal into the file.
    await this.writer.close();
  }

  /** What takes more than one request, and is not to be broken off between two of them. */
  private async awaited<Result>(work: Promise<Result>): Promise<Result> {
    this.underWay.add(work);
    try {
      return await work;
    } finally {
      this.underWay.delete(work);
    }
  }

  /** When the backend is closed meanwhile, the rest is left for the next time. */
  private async forgetAll(kind: RecordKind, upToMs: number): Promise<number> {
    let forgotten = 0;
    for (const cluster of await this.clusters(kind))
      for (let last = FORGOTTEN_AT_ONCE; last === FORGOTTEN_AT_ONCE && !this.isClosing; forgotten += last)
        last = await this.forgetSome(kind, cluster, upToMs);
    await this.release();
    return forgotten;
  }

  private async forgetSome(kind: RecordKind, cluster: string, upToMs: number): Promise<number> {
    const columns = [[cluster], [upToMs], [FORGOTTEN_AT_ONCE]];
    const [count] = await this.writer.write([{ sql: STATEMENTS[kind].forget, rows: 1, columns }]);
    return count!;
  }

  private async clusters(kind: RecordKind): Promise<readonly string[]> {
    const [names] = await this.reader().read(STATEMENTS[kind].clusters);
    return (names ?? []) as readonly string[];
  }

  /** Gives free pages back to the file system. A file that was not made by us may have none to give: its are used again. */
  private async release(): Promise<void> {
    const pagesOf = async (what: string): Promise<number> => Number((await this.writer.read(what))[0]?.[0]);
    for (let before = Infinity; !this.isClosing;) {
      const free = await pagesOf('PRAGMA freelist_count');
      if (free >= before || free <= (await pagesOf('PRAGMA page_count')) * FREE_PART) return;
      before = free;
      await this.writer.read(`PRAGMA incremental_vacuum(${RELEASED_PAGES_AT_ONCE})`);
    }
  }

  /** The one that is least busy. */
  private reader(): SqliteConnection {
    return this.readers.reduce((one, other) => (other.load < one.load ? other : one));
  }
}

function insertOf(kind: RecordKind, records: readonly EventRecord[]): SqliteStep[] {
  const ofKind = records.filter((record) => record.kind === kind);
  if (ofKind.length === 0) return [];
  const columns = VALUES.map((valueOf): SqliteColumn => {
    const values = ofKind.map(valueOf);
    return values.every((value) => value === null) ? null : values;
  });
  return [{ sql: STATEMENTS[kind].insert, rows: ofKind.length, columns }];
}
