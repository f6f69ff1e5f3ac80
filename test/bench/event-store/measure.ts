import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { forEachPoint } from '../../../libs/event-store/line-protocol/index.js';
import { silentLogger } from '../../../libs/observability/index.js';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../../libs/persistence/embedded/index.js';
import { residentMiB } from '../hub.js';
import { summarize, type Summary } from '../statistics.js';
import { measureCopy, measureInsert } from './floors.js';
import { hostOf, LINES_PER_BODY, sampleBodies } from './sample-events.js';
import { StoreProcess } from './store-process.js';

const CONNECTIONS = 8;
const HOSTS = 1_000;
const DAY_MS = 86_400_000;
const ROWS_PER_DAY = 1_000_000;
const QUERIES = 2_000;

export interface IngestFigures {
  /** Lines a second: answered by 200, stored. */
  readonly accepted: number;
  readonly floor: number;
  readonly peakMiB: number | undefined;
}

/** Sends so many events in bodies of a thousand on eight connections; before that a tenth of them, to warm up. */
async function ingest(store: StoreProcess, bodies: readonly Buffer[]): Promise<number> {
  const send = async (share: readonly Buffer[]): Promise<number> => {
    const begun = performance.now();
    let next = 0;
    const sender = async (): Promise<void> => {
      for (let body = share[next++]; body; body = share[next++]) await store.write(body);
    };
    await Promise.all(Array.from({ length: CONNECTIONS }, sender));
    return (share.length * LINES_PER_BODY * 1_000) / (performance.now() - begun);
  };
  await send(bodies.slice(0, bodies.length / 10));
  return send(bodies);
}

export async function measureSqlite(lines: number): Promise<IngestFigures> {
  const nowMs = Date.now();
  const store = await StoreProcess.start({ type: 'sqlite' });
  try {
    const accepted = await ingest(store, sampleBodies(lines / LINES_PER_BODY, nowMs));
    const peakMiB = await residentMiB(store.pid);
    return { accepted, peakMiB, floor: await measureInsert(lines, nowMs) };
  } finally {
    await store.stop();
  }
}

/** A PostgreSQL of the bench's own, as durable as a hub's. */
export async function withPostgres<Result>(
  work: (url: string, backend: Readonly<Record<string, unknown>>) => Promise<Result>,
): Promise<Result> {
  const directory = await mkdtemp(join(tmpdir(), 'spillway-bench-'));
  let server: EmbeddedPostgres | undefined;
  try {
    server = await startEmbeddedPostgres({ directory, logger: silentLogger });
    const { hostname, port, username, password, pathname } = new URL(server.url);
    return await work(server.url, {
      type: 'postgres',
      server: hostname,
      port: Number(port),
      database_path: pathname.slice(1),
      username,
      password: decodeURIComponent(password),
      connection_timeout: 10,
    });
  } finally {
    await server?.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

export function measurePostgres(lines: number): Promise<IngestFigures> {
  return withPostgres(async (url, backend) => {
    const nowMs = Date.now();
    const store = await StoreProcess.start(backend);
    try {
      const accepted = await ingest(store, sampleBodies(lines / LINES_PER_BODY, nowMs));
      const peakMiB = await residentMiB(store.pid);
      return { accepted, peakMiB, floor: await measureCopy(url, lines, nowMs) };
    } finally {
      await store.stop();
    }
  });
}

/** The parser alone: lines and megabytes a second. */
export function measureParser(lines: number): { readonly lines: number; readonly megabytes: number } {
  const bodies = sampleBodies(lines / LINES_PER_BODY, Date.now());
  const run = (): number => {
    const begun = performance.now();
    let count = 0;
    for (const body of bodies) forEachPoint(body, { nowMs: Date.now() }, () => void (count += 1));
    if (count !== lines) throw new Error(`The parser read ${count} of ${lines} lines`);
    return performance.now() - begun;
  };
  run();
  const ms = Math.min(run(), run(), run());
  const bytes = bodies.reduce((sum, { length }) => sum + length, 0);
  return { lines: (lines * 1_000) / ms, megabytes: bytes / 1_000 / ms };
}

export interface QueryFigures {
  readonly rows: number;
  /** Seconds that it took to fill the table. */
  readonly filledSeconds: number;
  /** By HTTP, a day of one host: about a thousand events each. */
  readonly ours: Summary;
  /** The same questions as bare prepared statements. */
  readonly floor: Summary;
}

/** Fills the tables with so many events of a thousand hosts, and asks for days of single hosts. */
export function measureQueries(rows: number): Promise<QueryFigures> {
  return withPostgres(async (url, backend) => {
    const firstDayMs = Math.floor(Date.now() / DAY_MS) * DAY_MS - (rows / ROWS_PER_DAY) * DAY_MS;
    const store = await StoreProcess.start(backend);
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      const begun = performance.now();
      await fill(store, client, rows / ROWS_PER_DAY, firstDayMs);
      const filledSeconds = (performance.now() - begun) / 1_000;
      const days = rows / ROWS_PER_DAY;
      const questions = Array.from({ length: QUERIES }, (_, index) => ({
        host: hostOfQuestion(index),
        fromMs: firstDayMs + ((index * 7_919) % days) * DAY_MS,
      }));
      const ours = await timed(questions, ({ host, fromMs }) =>
        store.query({
          cluster: 'alex',
          from: fromMs / 1_000,
          to: (fromMs + DAY_MS) / 1_000 - 1,
          queries: [{ event: 'job', host }],
        }),
      );
      const floor = await timed(questions, ({ host, fromMs }) =>
        client.query({
          name: 'floor',
          text: `SELECT time_ms, payload FROM event_store_events WHERE cluster = $1 AND hostname = $2 AND time_ms >= $3 AND time_ms < $4
                 AND name = $5 ORDER BY time_ms, id`,
          values: ['alex', host, fromMs, fromMs + DAY_MS, 'job'],
        }),
      );
      return { rows, filledSeconds, ours, floor };
    } finally {
      await client.end();
      await store.stop();
    }
  });
}

const hostOfQuestion = (index: number): string => hostName((index * 613) % HOSTS);
const hostName = (host: number): string => `a${String(host).padStart(4, '0')}`;

/** One event of each day by the API, so that the store makes its parts itself; the rest by the database. */
async function fill(store: StoreProcess, client: pg.Client, days: number, firstDayMs: number): Promise<void> {
  for (let day = 0; day < days; day += 1) {
    const fromMs = firstDayMs + day * DAY_MS;
    await store.write(Buffer.from(`job,cluster=alex,hostname=${hostOf(0)} event="first" ${fromMs}`));
    await client.query(
      `INSERT INTO event_store_events (id, time_ms, cluster, name, hostname, type, tags, payload)
       SELECT 1000000000 + $1::bigint + n, $2::bigint + n * $3::bigint / $4::bigint, 'alex', 'job', 'a' || lpad((n % ${HOSTS})::text, 4, '0'), 'node',
              '{"function":"stop_job"}', '{"jobId":' || n || ',"user":"u' || n % 97 || '","jobState":"completed","numNodes":4}'
       FROM generate_series(0, $4::bigint - 1) AS n`,
      [day * ROWS_PER_DAY, fromMs, DAY_MS, ROWS_PER_DAY],
    );
  }
  await client.query('VACUUM ANALYZE event_store_events');
}

async function timed<Question>(
  questions: readonly Question[],
  ask: (question: Question) => Promise<unknown>,
): Promise<Summary> {
  const samples: number[] = [];
  for (const question of questions) {
    const begun = performance.now();
    await ask(question);
    samples.push(performance.now() - begun);
  }
  return summarize(samples);
}
