import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../domain/index.js';
import { silentLogger } from '../../observability/index.js';
import type { EventRecord, StoredRecord } from '../record/index.js';
import type { StorageBackend } from '../storage/index.js';
import { createTestBackends, type TestBackends } from '../storage/postgres/postgres.fixture.js';
import { openSqliteBackend } from '../storage/sqlite/index.js';
import { allOf } from '../testing/backend-under-test.js';
import { runImport, type ImportOrigin } from './index.js';
import { anOldRow, OLD_COLUMNS, OLD_NOW_MS, OLD_TIMESTAMP, writeOldTable } from './old-tables.fixture.js';

let directory: string;
let postgres: TestBackends;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'import-postgres-'));
  postgres = await createTestBackends();
});
afterAll(async () => {
  await postgres.close();
  await rm(directory, { recursive: true });
});

const openSqlite = (): Promise<StorageBackend> =>
  openSqliteBackend(
    { type: 'sqlite', path: join(directory, 'new.db'), flags: [] },
    { logger: silentLogger, clock: systemClock },
  );
const withoutId = ({ id: _id, ...record }: StoredRecord): EventRecord => record;
const rows = Array.from({ length: 500 }, (_, index) =>
  anOldRow({
    timestamp: index % 100 === 0 ? 1 : OLD_TIMESTAMP - index,
    hostname: index % 3 === 0 ? null : `node-${index % 7}`,
    othertags: index % 2 === 0 ? null : `{"number":"${index}"}`,
    field: `payload ${index}`,
  }),
);

/** Twice: the second time finds nothing to do. */
async function importTwice(from: ImportOrigin, backend: StorageBackend) {
  let written = '';
  const out = { write: (text: string) => (written += text) };
  for (let time = 0; time < 2; time += 1) {
    const report = await runImport({ from, backend, nowMs: OLD_NOW_MS, logger: silentLogger }, out);
    expect(report).toMatchObject({
      isComplete: true,
      tables: [{ counts: { read: 500, stored: 495, undated: 5 } }],
    });
  }
  expect(written).toContain('495 of 500 rows stored as events of cluster tc');
  expect(written).toContain('495 of them by earlier runs');
  expect(written).not.toContain(postgres.settings.password);
  return (await allOf(backend, 'tc')).map(withoutId);
}

describe('importing', () => {
  it('takes the tables of an original over from SQLite to PostgreSQL, and from PostgreSQL to SQLite', async () => {
    const file = join(directory, 'old.db');
    writeOldTable(file, 'tc_events', rows);
    const client = new pg.Client({ connectionString: postgres.url });
    await client.connect();
    await client.query(`CREATE TABLE tc_events (id serial primary key, timestamp bigint, name text, hostname text,
      type text, typeid text, stype text, stypeid text, othertags json, field text)`);
    for (const row of rows) {
      const values = row.map((value) =>
        value instanceof Uint8Array ? new TextDecoder().decode(value) : value,
      );
      await client.query(
        `INSERT INTO tc_events (${OLD_COLUMNS.replace('id, ', '')}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
        values.slice(1),
      );
    }
    await client.query('CREATE VIEW all_logs AS SELECT 1 AS id');
    await client.end();
    const target = await postgres.open();
    const sqlite = await openSqlite();
    try {
      const inPostgres = await importTwice({ type: 'sqlite', path: file }, target);
      const inSqlite = await importTwice(postgres.settings, sqlite);
      expect(inPostgres).toHaveLength(495);
      expect(inSqlite).toEqual(inPostgres);
    } finally {
      await sqlite.close();
    }
  });
});
