import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { silentLogger, type Logger } from '../../../observability/index.js';
import { StorageRefused, StorageUnavailable } from '../storage-backend.js';
import { SqliteConnection } from './sqlite-connection.js';
import { SqliteOpenFailed } from './sqlite-worker.js';

let directory: string;
let opened: SqliteConnection[];
beforeEach(async () => {
  opened = [];
  directory = await mkdtemp(join(tmpdir(), 'sqlite-connection-'));
});
afterEach(async () => {
  await Promise.all(opened.map((connection) => connection.close()));
  await rm(directory, { recursive: true });
});

async function open(setUp: string[] = [], logger: Logger = silentLogger): Promise<SqliteConnection> {
  const settings = { location: join(directory, 'a.db'), readOnly: false, busyTimeoutMs: 0, setUp };
  const connection = await SqliteConnection.open(settings, logger);
  opened.push(connection);
  return connection;
}
const once = (sql: string) => ({ sql, rows: 1, columns: [] });
const workerOf = (connection: SqliteConnection) => (connection as any).worker.thread as Worker;
const LONG =
  'WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000000) SELECT count(*) FROM n';

describe('SqliteConnection', () => {
  it('answers in columns, and writes what is given in columns', async () => {
    const connection = await open();
    const insert = 'INSERT INTO t VALUES (?, ?, ?)';
    const columns = [[1, 2], null, ['a', new Uint8Array([1, 255])]];
    expect(
      await connection.write([once('CREATE TABLE t (a, b, c)'), { sql: insert, rows: 2, columns }]),
    ).toEqual([0, 2]);
    expect(await connection.read('SELECT * FROM t WHERE a < ?', [3])).toEqual([
      [1, 2],
      [null, null],
      ['a', new Uint8Array([1, 255])],
    ]);
    expect(await connection.read('SELECT * FROM t WHERE a < ?', [0])).toEqual([[], [], []]);
  });

  it('reads within bounds, and holds nobody up with the rows that it leaves', async () => {
    const [connection, other] = [await open(), await open()];
    const insert = { sql: 'INSERT INTO t VALUES (?)', rows: 4, columns: [[5, 5, 0, 5]] };
    await connection.write([once('CREATE TABLE t (a)'), insert]);
    const some = (maxRows: number, maxSum: number) =>
      connection.readSome('SELECT rowid, a FROM t', [], { maxRows, summedColumn: 1, maxSum });
    const upTo = (rows: number) => [[1, 2, 3, 4].slice(0, rows), [5, 5, 0, 5].slice(0, rows)];
    expect(await some(2, 100)).toEqual({ columns: upTo(2), hasMore: true });
    expect(await some(4, 100)).toEqual({ columns: upTo(4), hasMore: false });
    expect(await some(0, 100)).toEqual({ columns: upTo(0), hasMore: true });
    expect(await some(9, 10)).toEqual({ columns: upTo(2), hasMore: true });
    expect(await some(9, 11)).toEqual({ columns: upTo(4), hasMore: false });
    expect(await some(9, 1)).toEqual({ columns: upTo(1), hasMore: true });
    // Whoever still reads keeps others from committing.
    expect(await other.write([once('DELETE FROM t')])).toEqual([4]);
  });

  it('leaves nothing of a transaction that fails half-way', async () => {
    const connection = await open();
    await connection.write([once('CREATE TABLE t (a NOT NULL)')]);
    const failing = connection.write([{ sql: 'INSERT INTO t VALUES (?)', rows: 3, columns: [[1, null, 3]] }]);
    await expect(failing).rejects.toThrow(StorageRefused);
    expect(await connection.read('SELECT count(*) FROM t')).toEqual([[0]]);
  });

  it('says that a full disk may have room again', async () => {
    const connection = await open(['PRAGMA max_page_count=10']);
    await connection.write([once('CREATE TABLE t (a)')]);
    const columns = [['x'.repeat(100_000)]];
    const failing = connection.write([{ sql: 'INSERT INTO t VALUES (?)', rows: 1, columns }]);
    await expect(failing).rejects.toThrow(StorageUnavailable);
    await expect(failing).rejects.toThrow(/full/);
    expect(await connection.write([{ sql: 'INSERT INTO t VALUES (?)', rows: 1, columns: [[1]] }])).toEqual([
      1,
    ]);
  });

  it('says that a lock of somebody else may be given up', async () => {
    const [connection, other] = [await open(), await open()];
    await connection.write([once('CREATE TABLE t (a)')]);
    await other.read('BEGIN EXCLUSIVE');
    const insert = { sql: 'INSERT INTO t VALUES (?)', rows: 1, columns: [[1]] };
    await expect(connection.write([insert])).rejects.toThrow(StorageUnavailable);
    await other.read('COMMIT');
    expect(await connection.write([insert])).toEqual([1]);
  });

  it('does not stall the process with a statement that takes long', async () => {
    const connection = await open();
    const reading = connection.read(LONG);
    let turns = 0;
    const counting = setInterval(() => (turns += 1), 1);
    await reading;
    clearInterval(counting);
    expect(turns).toBeGreaterThan(20);
  });

  it('tells those who wait when its thread dies, logs it, and goes on with another', async () => {
    const error = vi.fn<(line: object) => void>();
    const connection = await open([], { error } as unknown as Logger);
    const waiting = [connection.read(LONG), connection.read('SELECT 1')];
    const outcome = Promise.allSettled(waiting);
    await workerOf(connection).terminate();
    for (const { reason } of (await outcome) as PromiseRejectedResult[])
      expect(reason).toBeInstanceOf(StorageUnavailable);
    expect(error).toHaveBeenCalledTimes(1);
    expect(error).toHaveBeenCalledWith(expect.objectContaining({ event: 'event-store.thread.lost' }));
    expect(await connection.read('SELECT 2')).toEqual([[2]]);
  });

  it('is unavailable for as long as the file cannot be opened again', async () => {
    const connection = await open();
    await connection.write([once('CREATE TABLE t (a)')]);
    await workerOf(connection).terminate();
    const file = join(directory, 'a.db');
    await rm(file);
    await mkdir(file);
    await expect(connection.read('SELECT 1')).rejects.toThrow(StorageUnavailable);
    await rm(file, { recursive: true });
    expect(await connection.read('SELECT 1')).toEqual([[1]]);
  });

  it('waits for what is under way when it closes, and takes nothing after', async () => {
    const connection = await open();
    const reading = connection.read(LONG);
    await connection.close();
    expect(await reading).toEqual([[3_000_000]]);
    await expect(connection.read('SELECT 1')).rejects.toThrow(StorageUnavailable);
    await connection.close();
  });

  it('fails to open what is no database, with what SQLite says', async () => {
    const settings = { location: directory, readOnly: false, busyTimeoutMs: 0, setUp: [] };
    const failing = SqliteConnection.open(settings, silentLogger);
    await expect(failing).rejects.toThrow(SqliteOpenFailed);
    await expect(failing).rejects.toMatchObject({ objection: { code: 14 } });
  });

  it('refuses values that no column takes', async () => {
    const connection = await open();
    const parameters = [() => 1] as unknown as number[];
    await expect(connection.read('SELECT ?', parameters)).rejects.toThrow(StorageRefused);
    await expect(connection.read('SELECT ?', [undefined as unknown as number])).rejects.toThrow(
      StorageRefused,
    );
  });
});
