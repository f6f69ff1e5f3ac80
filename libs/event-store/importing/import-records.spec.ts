import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../domain/index.js';
import { silentLogger } from '../../observability/index.js';
import type { EventRecord, StoredRecord } from '../record/index.js';
import { StorageRefused, StorageUnavailable, type StorageBackend } from '../storage/index.js';
import { openSqliteBackend } from '../storage/sqlite/index.js';
import { allOf } from '../testing/backend-under-test.js';
import { importRecords, openOldSqlite, type ImportReport, type ImportRequest } from './index.js';
import { anOldRow, OLD_NOW_MS, OLD_TIMESTAMP, writeOldTable } from './old-tables.fixture.js';

const DAY_MS = 86_400_000;
let directory: string;
let old: string;
let backend: StorageBackend;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'import-'));
  old = join(directory, 'old.db');
  backend = await openBackend();
});
afterEach(async () => {
  await backend.close();
  await rm(directory, { recursive: true });
});

let backends = 0;
const openBackend = (): Promise<StorageBackend> =>
  openSqliteBackend(
    { type: 'sqlite', path: join(directory, `new-${(backends += 1)}.db`), flags: [] },
    { logger: silentLogger, clock: systemClock },
  );

async function run(request: Partial<ImportRequest> = {}, file = old): Promise<ImportReport> {
  const source = await openOldSqlite(file, silentLogger);
  try {
    return await importRecords({ source, backend, nowMs: OLD_NOW_MS, ...request });
  } finally {
    await source.close();
  }
}
const numbered = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => anOldRow({ field: String(from + index) }));
const payloads = async (cluster = 'tc', of = backend): Promise<string[]> =>
  (await allOf(of, cluster)).map(({ payload }) => payload);
const withoutId = ({ id: _id, ...record }: StoredRecord): EventRecord => record;
/** The backend, but for what its `store` does instead. */
const instead = (store: StorageBackend['store'], of = backend): StorageBackend => ({
  store,
  readMark: (name) => of.readMark(name),
  select: (...selection) => of.select(...selection),
  hosts: (cluster) => of.hosts(cluster),
  forget: (...upTo) => of.forget(...upTo),
  activeTables: () => of.activeTables(),
  close: () => of.close(),
});

describe('importRecords', { timeout: 60_000 }, () => {
  it('takes over events and logs of every cluster, with tags that are bytes, and NULL where nobody said anything', async () => {
    const bare = { name: null, hostname: null, type: null, typeid: null, othertags: null, field: '' };
    writeOldTable(old, 'tc_events', [anOldRow(), anOldRow({ ...bare, timestamp: OLD_TIMESTAMP + 1 })]);
    writeOldTable(old, 'my-cluster_2_logs', [anOldRow({ name: 'ccb', stype: 'application', stypeid: '7' })]);
    const report = await run();
    expect(report).toMatchObject({ source: old, isComplete: true, skipped: [] });
    const record: EventRecord = {
      kind: 'event',
      cluster: 'tc',
      name: 'job',
      hostname: 'node-1',
      type: 'node',
      typeId: '0',
      stype: null,
      stypeId: null,
      tags: '{"function":"start_job"}',
      fields: null,
      timeMs: OLD_TIMESTAMP * 1_000,
      payload: '{"jobId": 69}',
    };
    const nothing = { name: '', hostname: '', type: null, typeId: null, tags: null, payload: '' };
    expect((await allOf(backend, 'tc')).map(withoutId)).toEqual([
      record,
      { ...record, ...nothing, timeMs: (OLD_TIMESTAMP + 1) * 1_000 },
    ]);
    expect((await allOf(backend, 'my-cluster_2', 'log')).map(withoutId)).toEqual([
      { ...record, kind: 'log', cluster: 'my-cluster_2', name: 'ccb', stype: 'application', stypeId: '7' },
    ]);
  });

  it('D19: leaves out rows that have lost their time, says how many, and takes them under a given time later', async () => {
    const lost = [1, 0, -62_135_596_800, 946_684_799, null, 'yesterday'];
    writeOldTable(old, 'tc_events', [
      ...lost.map((timestamp) => anOldRow({ timestamp, field: `lost ${timestamp}` })),
      anOldRow({ field: 'dated' }),
    ]);
    const [table] = (await run()).tables;
    expect(table!.counts).toMatchObject({ read: 7, stored: 1, undated: 6 });
    expect(await payloads()).toEqual(['dated']);
    const undatedAsMs = Date.UTC(2026, 0, 1);
    for (const storedBefore of [1, 7]) {
      const [later] = (await run({ undatedAsMs })).tables;
      expect(later!.storedBefore).toBe(storedBefore);
      expect(later!.counts).toMatchObject({ read: 7, stored: 7, undated: 0, datedByOption: 6 });
    }
    const stored = await allOf(backend, 'tc');
    expect(stored.map(({ payload }) => payload)).toEqual([...lost.map((one) => `lost ${one}`), 'dated']);
    expect(stored.slice(0, 6).every(({ timeMs }) => timeMs === undatedAsMs)).toBe(true);
  });

  it('repairs what can be repaired, leaves out what has no payload, and counts both', async () => {
    const timestamps = [OLD_NOW_MS, OLD_NOW_MS * 1_000, BigInt(OLD_NOW_MS) * 1_000_000n];
    writeOldTable(old, 'tc_events', [
      ...timestamps.map((timestamp) => anOldRow({ timestamp, othertags: null })),
      anOldRow({ othertags: '{"broken' }),
      anOldRow({ field: null }),
      anOldRow({ othertags: null }),
    ]);
    const database = new DatabaseSync(old);
    database.exec("UPDATE tc_events SET field = CAST(x'ff00' AS TEXT) WHERE id = 6");
    database.close();
    const [table] = (await run()).tables;
    expect(table!.counts).toEqual({
      read: 6,
      stored: 5,
      undated: 0,
      withoutPayload: 1,
      refused: 0,
      datedByOption: 0,
      timeRepaired: 3,
      tagsRepaired: 1,
      charactersRepaired: 1,
      pastRetention: 0,
    });
    const stored = (await allOf(backend, 'tc')).toSorted((one, other) => one.id - other.id);
    expect(stored.slice(0, 3).map(({ timeMs }) => timeMs)).toEqual([OLD_NOW_MS, OLD_NOW_MS, OLD_NOW_MS]);
    expect(stored[3]!.tags).toBe('{"othertags":"{\\"broken"}');
    expect(stored[4]!.payload).toBe('\ufffd\ufffd');
  });

  it('says how many the next retention run removes, by kind', async () => {
    const rows = [1, 5, 10].map((days) => anOldRow({ timestamp: (OLD_NOW_MS - days * DAY_MS) / 1_000 }));
    writeOldTable(old, 'tc_events', rows);
    writeOldTable(old, 'tc_logs', rows);
    const { tables } = await run({ retentionMs: { event: 5 * DAY_MS } });
    expect(tables.map(({ kind, counts }) => [kind, counts.stored, counts.pastRetention])).toEqual([
      ['event', 3, 2],
      ['log', 3, 0],
    ]);
    expect(await backend.forget('event', OLD_NOW_MS - 5 * DAY_MS)).toBe(2);
  });

  it('says which tables it leaves out and why, and goes on with the others', async () => {
    writeOldTable(old, 'tc_events', numbered(1));
    writeOldTable(old, '_events', numbered(1));
    writeOldTable(old, ' _logs', numbered(1));
    writeOldTable(old, 'unrelated', numbered(1));
    const database = new DatabaseSync(old);
    database.exec(`
      CREATE VIEW all_events AS SELECT * FROM tc_events;
      CREATE TABLE short_events (id integer primary key, timestamp bigint, name text, field text);
      CREATE TABLE event_store_events (id integer primary key, time_ms integer);
      CREATE TABLE keyed_logs (id text primary key, timestamp, name, hostname, type, typeid, stype, stypeid,
        othertags, field) WITHOUT ROWID`);
    database.close();
    const report = await run();
    expect(report.skipped).toEqual([
      { table: ' _logs', reason: 'the name of the cluster is blank' },
      { table: '_events', reason: 'its name names no cluster' },
      { table: 'all_events', reason: 'it is a view' },
      { table: 'event_store_events', reason: 'it is a table of this event store' },
      {
        table: 'short_events',
        reason: 'it lacks the columns hostname, type, typeid, stype, stypeid, othertags',
      },
    ]);
    expect(report.tables).toEqual([
      expect.objectContaining({ table: 'keyed_logs', problem: expect.stringContaining('rowid') }),
      expect.objectContaining({ table: 'tc_events', problem: undefined }),
    ]);
    expect(report.isComplete).toBe(false);
    expect(await payloads()).toEqual(['0']);
  });

  it('stores each row exactly once, wherever it fails, whether what failed was stored or not', async () => {
    writeOldTable(old, 'tc_events', numbered(5_000));
    const expected = Array.from({ length: 5_000 }, (_, index) => String(index));
    const failure = fc.record({ afterStores: fc.nat({ max: 4 }), isStored: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(failure, { maxLength: 4 }), async (failures) => {
        const target = await openBackend();
        for (const { afterStores, isStored } of failures) {
          let left = afterStores;
          const failing = instead(async (...batch) => {
            if (left === 0 && !isStored) throw new StorageUnavailable('gone');
            await target.store(...batch);
            if (left === 0) throw new StorageUnavailable('gone');
            left -= 1;
          }, target);
          await run({ backend: failing }).catch((error: unknown) =>
            expect(error).toBeInstanceOf(StorageUnavailable),
          );
        }
        const { isComplete, tables } = await run({ backend: target });
        expect(isComplete).toBe(true);
        expect(tables[0]!.counts).toMatchObject({ read: 5_000, stored: 5_000 });
        expect((await payloads('tc', target)).toSorted((one, other) => Number(one) - Number(other))).toEqual(
          expected,
        );
        await target.close();
      }),
      { numRuns: 8 },
    );
  });

  it('stops when it is told to, says so, and goes on from there', async () => {
    writeOldTable(old, 'tc_events', numbered(3_000));
    const stop = new AbortController();
    const stopping = instead(async (...batch) => {
      await backend.store(...batch);
      stop.abort();
    });
    const stopped = await run({ backend: stopping, signal: stop.signal });
    expect(stopped.isComplete).toBe(false);
    const before = stopped.tables[0]!.counts.stored;
    expect(before).toBeGreaterThan(0);
    expect(before).toBeLessThan(3_000);
    const resumed = await run();
    expect(resumed.tables[0]).toMatchObject({ storedBefore: before, counts: { read: 3_000, stored: 3_000 } });
    expect(new Set(await payloads()).size).toBe(3_000);
    expect(await payloads()).toHaveLength(3_000);
  });

  it('takes only what is new when it runs again, though the file was moved', async () => {
    writeOldTable(old, 'tc_events', numbered(10));
    await run();
    const moved = join(directory, 'moved.db');
    await rename(old, moved);
    writeOldTable(moved, 'tc_events', numbered(5, 10));
    const { tables } = await run({}, moved);
    expect(tables[0]).toMatchObject({ storedBefore: 10, counts: { stored: 15 } });
    expect(await payloads()).toHaveLength(15);
  });

  it('takes nothing twice when somebody has deleted the oldest rows of the original meanwhile', async () => {
    writeOldTable(old, 'tc_events', numbered(5));
    await run();
    const original = new DatabaseSync(old);
    original.exec('DELETE FROM tc_events WHERE id <= 2');
    original.close();
    writeOldTable(old, 'tc_events', numbered(2, 5));
    await run();
    expect(await payloads()).toEqual(['0', '1', '2', '3', '4', '5', '6']);
  });

  it('does not take another file for the one that was imported, though it begins with the same row', async () => {
    writeOldTable(old, 'tc_events', numbered(10));
    await run();
    await rm(old);
    writeOldTable(old, 'tc_events', [...numbered(1), ...numbered(9, 100)]);
    for (const storedBefore of [0, 10]) expect((await run()).tables[0]).toMatchObject({ storedBefore });
    expect(await payloads()).toHaveLength(20);
  });

  it('finds the rows that a storage refuses, and stores all the others', async () => {
    writeOldTable(old, 'tc_events', numbered(300));
    const refused = new Set(['0', '17', '18', '299']);
    const picky = instead(async (records, mark) => {
      if (records.some(({ payload }) => refused.has(payload))) throw new StorageRefused('no');
      await backend.store(records, mark);
    });
    const { tables, isComplete } = await run({ backend: picky });
    expect(isComplete).toBe(true);
    expect(tables[0]!.counts).toMatchObject({ read: 300, stored: 296, refused: 4 });
    expect(await payloads()).toHaveLength(296);
  });

  it('stores rows with long payloads a few at a time', async () => {
    const rows = Array.from({ length: 300 }, () => anOldRow({ field: 'x'.repeat(200_000) }));
    writeOldTable(old, 'tc_events', rows);
    const sizes: number[] = [];
    const measured = instead(async (records, mark) => {
      sizes.push(records.length);
      await backend.store(records, mark);
    });
    await run({ backend: measured });
    expect(sizes.reduce((sum, size) => sum + size)).toBe(300);
    expect(Math.max(...sizes.slice(1))).toBeLessThanOrEqual(20);
  });
});
