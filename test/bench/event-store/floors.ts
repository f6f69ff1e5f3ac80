import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { finished } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { hostOf, LINES_PER_BODY, samplePayload } from './sample-events.js';

const ROWS_PER_COPY = 10_000;
const COLUMNS = 'id, time_ms, cluster, name, hostname, type, type_id, stype, stype_id, tags, fields, payload';
const perSecond = (count: number, begun: number): number => (count * 1_000) / (performance.now() - begun);

/** Rows a second of a bare `COPY` into a table of the same columns and indexes, without parts. */
export async function measureCopy(databaseUrl: string, rows: number, nowMs: number): Promise<number> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(
      'CREATE TABLE bench_copy (LIKE event_store_events INCLUDING COMPRESSION INCLUDING COMMENTS)',
    );
    await client.query('CREATE INDEX ON bench_copy (cluster, time_ms, id)');
    await client.query('CREATE INDEX ON bench_copy (cluster, hostname, time_ms, id)');
    const row = (index: number): string =>
      `${index}\t${nowMs + index}\talex\tjob\t${hostOf(index)}\tnode\t\\N\t\\N\t\\N\t{"function":"stop_job"}\t\\N\t${samplePayload(index)}\n`;
    const batches = Array.from({ length: Math.ceil(rows / ROWS_PER_COPY) }, (_, batch) =>
      Buffer.from(
        Array.from({ length: ROWS_PER_COPY }, (_row, index) => row(batch * ROWS_PER_COPY + index)).join(''),
      ),
    );
    const begun = performance.now();
    for (const batch of batches) {
      const copying = client.query(copyFrom(`COPY bench_copy (${COLUMNS}) FROM STDIN`));
      copying.end(batch);
      await finished(copying);
    }
    return perSecond(batches.length * ROWS_PER_COPY, begun);
  } finally {
    await client.query('DROP TABLE IF EXISTS bench_copy');
    await client.end();
  }
}

/** Rows a second of a bare prepared insert, a transaction for each body, with the same columns, indexes and durability. */
export async function measureInsert(rows: number, nowMs: number): Promise<number> {
  const directory = await mkdtemp(join(tmpdir(), 'spillway-bench-'));
  const database = new DatabaseSync(join(directory, 'floor.db'));
  try {
    database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
      CREATE TABLE bench (id INTEGER PRIMARY KEY, time_ms INTEGER, cluster TEXT, name TEXT, hostname TEXT, type TEXT, type_id TEXT,
        stype TEXT, stype_id TEXT, tags TEXT, fields TEXT, payload TEXT);
      CREATE INDEX bench_time ON bench (cluster, time_ms, id);
      CREATE INDEX bench_host ON bench (cluster, hostname, time_ms, id);`);
    const insert = database.prepare(
      'INSERT INTO bench (time_ms, cluster, name, hostname, type, tags, payload) VALUES (?, ?, ?, ?, ?, ?, ?)',
    );
    const payloads = Array.from({ length: rows }, (_, index) => samplePayload(index));
    const begun = performance.now();
    for (let start = 0; start < rows; start += LINES_PER_BODY) {
      database.exec('BEGIN');
      for (let index = start; index < start + LINES_PER_BODY; index += 1)
        insert.run(
          nowMs + index,
          'alex',
          'job',
          hostOf(index),
          'node',
          '{"function":"stop_job"}',
          payloads[index]!,
        );
      database.exec('COMMIT');
    }
    return perSecond(rows, begun);
  } finally {
    database.close();
    await rm(directory, { recursive: true, force: true });
  }
}
