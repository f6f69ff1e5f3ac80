import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../../domain/index.js';
import { silentLogger, type Logger } from '../../../observability/index.js';
import { allOf, atMost } from '../../testing/backend-under-test.js';
import { anEventRecord, RECORDS_NOW_MS } from '../../testing/event-records.js';
import { bytesOf } from '../record-bytes.js';
import { StorageUnavailable, type StorageBackend } from '../storage-backend.js';
import { openSqliteBackend } from './index.js';

let directory: string;
let file: string;
let opened: StorageBackend[];
beforeEach(async () => {
  opened = [];
  directory = await mkdtemp(join(tmpdir(), 'sqlite-open-'));
  file = join(directory, 'store.db');
});
afterEach(async () => {
  await Promise.all(opened.map((backend) => backend.close()));
  await rm(directory, { recursive: true });
});

async function open(path = file, flags: string[] = [], logger: Logger = silentLogger) {
  const backend = await openSqliteBackend({ type: 'sqlite', path, flags }, { logger, clock: systemClock });
  opened.push(backend);
  return backend;
}
/** With another connection than the backend's. */
function inFile<Result>(use: (database: DatabaseSync) => Result): Result {
  const database = new DatabaseSync(file);
  try {
    return use(database);
  } finally {
    database.close();
  }
}
const nothing = { records: [], hasMore: false };
const batchOf = (count: number, members: Parameters<typeof anEventRecord>[0] = {}) =>
  Array.from({ length: count }, () => anEventRecord(members));

describe('openSqliteBackend', () => {
  it('makes the file where there is none, and `events.db` in a directory', async () => {
    await open();
    await open(directory);
    const files = await readdir(directory);
    expect(files).toEqual(expect.arrayContaining(['store.db', 'events.db']));
  });

  it.each([
    ['', /"" is neither a file nor a directory/],
    [':memory:', /":memory:" is neither/],
    ['file:x.db?mode=memory', /is neither/],
    ['/nowhere/at/all/events.db', /^The directory \/nowhere\/at\/all of the SQLite file does not exist\.$/],
  ])('refuses %j with a sentence', async (path, sentence) => {
    await expect(open(path)).rejects.toThrow(sentence);
  });

  it('refuses a file below a file', async () => {
    await writeFile(file, '');
    await expect(open(join(file, 'events.db'))).rejects.toThrow(/does not exist/);
  });

  it('refuses a file that is no database, and leaves it as it is', async () => {
    await writeFile(file, 'these are notes, and no database of any kind'.repeat(50));
    await expect(open()).rejects.toThrow(`The SQLite file ${file} is no SQLite database.`);
    expect((await stat(file)).size).toBe(44 * 50);
  });

  it('refuses a file beside which no journal can be made', async () => {
    await mkdir(`${file}-wal`);
    await expect(open()).rejects.toThrow(/cannot be written, or the files beside it cannot/);
  });

  it('refuses a file of a newer release, and changes nothing in it', async () => {
    inFile((database) =>
      database.exec(
        'CREATE TABLE event_store_schema (version INTEGER); INSERT INTO event_store_schema VALUES (2)',
      ),
    );
    await expect(open()).rejects.toThrow(/is of a newer release \(schema 2; this one knows 1\)/);
    const names = inFile((database) => database.prepare('SELECT name FROM sqlite_schema').all());
    expect(names).toEqual([{ name: 'event_store_schema' }]);
  });

  it('refuses a file in which a cluster of the original has tables of our names', async () => {
    inFile((database) =>
      database.exec('CREATE TABLE event_store_events (id integer primary key, field text)'),
    );
    await expect(open()).rejects.toThrow(/holds a table event_store_events of somebody else/);
  });

  it('refuses a file that somebody else has locked for longer than it may wait', async () => {
    await (await open()).close();
    const holder = new DatabaseSync(file);
    try {
      holder.exec('PRAGMA locking_mode=EXCLUSIVE; BEGIN EXCLUSIVE');
      await expect(open(file, ['_timeout=10'])).rejects.toThrow(/is locked by another process/);
    } finally {
      holder.close();
    }
  });

  it('leaves tables of the original alone that are in the same file', async () => {
    inFile((database) =>
      database.exec(
        "CREATE TABLE tc_events (id integer primary key, field text); INSERT INTO tc_events VALUES (7, 'x')",
      ),
    );
    const backend = await open();
    await backend.store([anEventRecord({ cluster: 'tc' })]);
    await backend.forget('event', RECORDS_NOW_MS);
    expect(inFile((database) => database.prepare('SELECT * FROM tc_events').all())).toEqual([
      { id: 7, field: 'x' },
    ]);
  });

  it('warns of flags that it does not follow', async () => {
    const warn = vi.fn<(line: object, message: string) => void>();
    await open(file, ['_journal=DELETE', '_timeout=100'], { warn } as unknown as Logger);
    expect(warn.mock.calls).toEqual([
      [{ event: 'event-store.flag.ignored' }, expect.stringContaining('"_journal=DELETE" is not followed')],
    ]);
  });

  it('makes what it acknowledges durable: a WAL journal, synchronised with every commit', async () => {
    const backend = await open();
    const ask = async (sql: string): Promise<unknown> => (await (backend as any).writer.read(sql))[0][0];
    expect(await ask('PRAGMA journal_mode')).toBe('wal');
    expect(await ask('PRAGMA synchronous')).toBe(2);
  });
});

describe('the SQLite backend', () => {
  it('is unavailable while somebody else writes for longer than it may wait, and stores afterwards', async () => {
    const backend = await open(file, ['_timeout=10']);
    const other = new DatabaseSync(file);
    try {
      other.exec('BEGIN IMMEDIATE');
      await expect(backend.store([anEventRecord()])).rejects.toThrow(StorageUnavailable);
      expect(await allOf(backend, 'alpha')).toEqual([]);
      other.exec('ROLLBACK');
    } finally {
      other.close();
    }
    await backend.store([anEventRecord()]);
    expect(await allOf(backend, 'alpha')).toHaveLength(1);
  });

  it('never gives an id twice, not even after all records were forgotten', async () => {
    const backend = await open();
    await backend.store(batchOf(3));
    const last = (await allOf(backend, 'alpha')).at(-1)!.id;
    await backend.forget('event', RECORDS_NOW_MS);
    await backend.store(batchOf(1));
    expect((await allOf(backend, 'alpha'))[0]!.id).toBeGreaterThan(last);
  });

  it('gives the space of what it forgets back to the file system', async () => {
    const backend = await open();
    for (let number = 0; number < 4; number += 1)
      await backend.store(batchOf(5_000, { payload: 'x'.repeat(1_000) }));
    await backend.store(batchOf(10, { timeMs: RECORDS_NOW_MS + 1 }));
    await backend.forget('event', RECORDS_NOW_MS);
    await backend.close();
    expect((await stat(file)).size).toBeLessThan(2_000_000);
    expect(await allOf(await open(), 'alpha')).toHaveLength(10);
  });

  it('finds the few that match among very many that do not, in their order and without missing any', async () => {
    const backend = await open();
    // On both sides of where one turn ends and the next begins.
    const rare = new Set([1, 19_999, 20_000, 20_001, 20_002, 39_999, 40_000, 40_001, 44_999, 45_000]);
    for (let number = 0; number < 5; number += 1) {
      const batch = Array.from({ length: 9_000 }, (_, index) =>
        anEventRecord({ name: rare.has(number * 9_000 + index + 1) ? 'rare' : 'usual' }),
      );
      await backend.store(batch);
    }
    const of = {
      kind: 'event',
      cluster: 'alpha',
      name: 'rare',
      fromMs: 0,
      toMs: RECORDS_NOW_MS + 9,
    } as const;
    const { records: found } = await backend.select(of, atMost(100));
    expect(found).toHaveLength(10);
    const [, , , fourth] = found;
    expect(await backend.select(of, atMost(4))).toEqual({ records: found.slice(0, 4), hasMore: true });
    // The third is the last one of its turn, and the bytes are used up with it.
    const upToThird = atMost(100, bytesOf(fourth!) * 3);
    expect(await backend.select(of, upToThird)).toEqual({ records: found.slice(0, 3), hasMore: true });
    const rest = { records: found.slice(4), hasMore: false };
    expect(await backend.select({ ...of, after: fourth }, atMost(6))).toEqual(rest);
    expect(await backend.select({ ...of, hostname: 'node-1' }, atMost(100))).toMatchObject({
      records: found,
    });
    expect(await backend.select({ ...of, hostname: 'node-2' }, atMost(1))).toEqual(nothing);
  });

  it('ends reading that takes several turns before it closes, and leaves off forgetting', async () => {
    const backend = await open();
    for (let number = 0; number < 6; number += 1) await backend.store(batchOf(10_000));
    const of = { kind: 'event', cluster: 'alpha', name: 'none', fromMs: 0, toMs: RECORDS_NOW_MS } as const;
    const [reading, forgetting] = [backend.select(of, atMost(1)), backend.forget('event', RECORDS_NOW_MS)];
    await backend.close();
    expect(await reading).toEqual(nothing);
    const forgotten = await forgetting;
    expect(forgotten).toBeLessThan(60_000);
    expect(await allOf(await open(), 'alpha')).toHaveLength(60_000 - forgotten);
  });

  it('reads by the index of the host, and by the one of time', async () => {
    const { STATEMENTS } = await import('./sqlite-statements.js');
    await open();
    const plan = (sql: string): string[] =>
      inFile((database) =>
        database
          .prepare(`EXPLAIN QUERY PLAN ${sql}`)
          .all()
          .map(({ detail }) => String(detail)),
      );
    expect(plan(STATEMENTS.event.selectOfHost)).toEqual([
      expect.stringMatching(/INDEX event_store_events_by_host \(cluster=\? AND hostname=\? AND time_ms>\?/),
    ]);
    expect(plan(STATEMENTS.log.select)).toEqual([
      expect.stringMatching(/INDEX event_store_logs_by_time \(cluster=\? AND time_ms>\?/),
    ]);
  });
});
