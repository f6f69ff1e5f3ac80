import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Database, LogHeadStore, LogReadStore, StreamPartStore } from '../../persistence/index.js';
import { createTestDatabase, ManualClock, type TestDatabase } from '../../testing/index.js';
import { readCursor } from './log-cursor.js';
import { LogReader, READ_BOUNDS, type ReadBounds } from './log-reader.js';
import { logQuery, type LogQuery } from './logs.schema.js';

const HOUR_MS = 3_600_000;
const PARTS = 4;
const PER_PART = 50_000;
const ALL = PARTS * PER_PART;
const NOW_MS = Date.parse('2026-01-03T00:00:00Z');
const SINCE_MS = NOW_MS - PARTS * HOUR_MS;
/** Every so manieth line is of that kind. */
const RARE = 40_000;
const STREAM = 1;

const clock = new ManualClock(new Date(NOW_MS));
let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
  const { database } = test;
  const parts = new StreamPartStore();
  for (let part = 0; part < PARTS; part += 1)
    await database.transaction((tx) => parts.make(tx, SINCE_MS + part * HOUR_MS, HOUR_MS));
  await database.query(
    `INSERT INTO streams (id, project_id, source, cluster, is_registered, last_seq, last_ms)
     VALUES (${STREAM}, 'p', 'logs', 'c', false, ${ALL}, ${NOW_MS - 1}), (2, 'p', 'logs', 'd', false, ${ALL}, ${NOW_MS - 1})`,
  );
  // Written up to ten minutes before they were accepted, and so out of order.
  await database.query(
    `INSERT INTO stream_entries (stream_id, seq, accepted_ms, time_ms, level, node, body)
     SELECT stream, seq, at, at - (seq * 7919) % 600000, CASE WHEN seq % ${RARE} = 0 THEN 5 ELSE 2 END, 'n' || seq % 3,
            CASE WHEN seq % ${RARE} = 0 THEN 'a Rare line ' ELSE 'an ordinary line ' END || seq
     FROM generate_series(1, 2) AS stream, generate_series(1, ${ALL}) AS seq,
          LATERAL (SELECT ${SINCE_MS} + seq::bigint * ${(PARTS * HOUR_MS) / ALL} - 1 AS at) AS place`,
  );
  await database.query('VACUUM ANALYZE stream_entries');
}, 120_000);
afterAll(() => test.close());

const readerOver = (database: Database, bounds: Partial<ReadBounds> = {}): LogReader =>
  new LogReader({
    database,
    heads: new LogHeadStore(),
    store: new LogReadStore(),
    clock,
    bounds: { ...READ_BOUNDS, ...bounds },
  });
const query = (more: Readonly<Record<string, unknown>>): LogQuery =>
  logQuery.parse({ from: new Date(SINCE_MS - HOUR_MS).toISOString(), ...more });

/** Asks for page after page; resolves with the numbers that were found, and how many of them on each page. */
async function walk(reader: LogReader, more: Readonly<Record<string, unknown>>) {
  const seqs: number[] = [];
  const sizes: number[] = [];
  let cursor: string | undefined;
  do {
    const { lines, next } = await reader.page('p', 'c', query({ ...more, ...(cursor ? { cursor } : {}) }));
    seqs.push(...lines.map(({ seq }) => seq));
    sizes.push(lines.length);
    cursor = next ?? undefined;
  } while (cursor !== undefined);
  return { seqs, sizes };
}

describe('a question that finds little', () => {
  const expected = [5, 4, 3, 2, 1].map((n) => n * RARE);

  it.each([
    ['text', { q: 'rare' }],
    ['level', { level: 'fatal' }],
  ])('by %s is answered with what was found so far, and can be gone on with', async (_by, filter) => {
    const { seqs, sizes } = await walk(readerOver(test.database, { maxLines: 30_000 }), filter);
    expect(seqs).toEqual(expected);
    // 200 + 1,000 + 5,000 + 25,000 lines at most are looked through for each.
    expect(sizes.length).toBeGreaterThanOrEqual(ALL / 31_200);
    expect(sizes.length).toBeLessThan(ALL / 200);
    expect(sizes).toContain(0);
  });

  it('is given an answer when it has taken long enough', async () => {
    const { lines, next } = await readerOver(test.database, { enoughMs: 0 }).page(
      'p',
      'c',
      query({ q: 'no such' }),
    );
    expect(lines).toEqual([]);
    const { sizes } = await walk(readerOver(test.database, { enoughMs: 0, firstSlice: 25_000 }), {
      q: 'no such',
    });
    expect([next, sizes.length]).toEqual([expect.any(String), ALL / 25_000 + 1]);
  });

  it('finds the same whatever it looks through at once, and however many fit on a page', async () => {
    for (const limit of [1, 2, 3])
      for (const firstSlice of [9_999, RARE])
        expect(
          (await walk(readerOver(test.database, { firstSlice, maxLines: 1 }), { q: 'rare', limit })).seqs,
        ).toEqual(expected);
  });

  it('goes on behind what it has looked through, not behind what it has found', async () => {
    const { next } = await readerOver(test.database, { maxLines: 1 }).page('p', 'c', query({ q: 'no such' }));
    const { timeMs, seq } = readCursor(next!)!;
    const [row] = await test.database.query<{ count: number }>(
      `SELECT count(*)::integer AS count FROM stream_entries WHERE stream_id = ${STREAM} AND (time_ms, seq) >= ($1, $2)`,
      [timeMs, seq],
    );
    expect(row?.count).toBe(READ_BOUNDS.firstSlice);
  });

  it('misses and doubles nothing when lines come in between its statements', async () => {
    let come = 0;
    class Busy extends LogReadStore {
      override async lines(...parameters: Parameters<LogReadStore['lines']>) {
        const [, , { before, from }] = parameters;
        come += 1;
        if (from)
          await test.database.query(
            `INSERT INTO stream_entries (stream_id, seq, accepted_ms, time_ms, level, node, body)
             SELECT 2, ${ALL} + $1 * 1000 + n, ${NOW_MS - 1}, $2::bigint, 2, 'n1', 'came in' FROM generate_series(1, 100) n`,
            [come, Math.trunc((Math.min(before.timeMs, NOW_MS) + from.timeMs) / 2)],
          );
        return super.lines(...parameters);
      }
    }
    const parts = { database: test.database, heads: new LogHeadStore(), clock };
    const bounds = { ...READ_BOUNDS, firstSlice: 500, maxSlice: 500, maxLines: 5_000 };
    const reader = new LogReader({ ...parts, store: new Busy(), bounds });
    const from = new Date(NOW_MS - HOUR_MS / 3).toISOString();
    const seqs: number[] = [];
    let cursor: string | undefined;
    do {
      const wanted = query({ q: 'ORDINARY', limit: 1_000, from, ...(cursor ? { cursor } : {}) });
      const { lines, next } = await reader.page('p', 'd', wanted);
      seqs.push(...lines.map(({ seq }) => seq));
      cursor = next ?? undefined;
    } while (cursor !== undefined);
    const all = await test.database.query<{ seq: number }>(
      `SELECT seq::float8 AS seq FROM stream_entries WHERE stream_id = 2 AND body LIKE 'an ordinary%' AND time_ms >= $1
       ORDER BY time_ms DESC, seq DESC`,
      [Date.parse(from)],
    );
    expect(come).toBeGreaterThan(5);
    expect(seqs).toEqual(all.map(({ seq }) => seq));
  });
});

describe('lines that take too long to be looked through', () => {
  /** Every slice of more lines than that takes longer than it may. */
  class Slow extends LogReadStore {
    readonly slices: number[] = [];

    constructor(private readonly bearable: number) {
      super();
    }

    override edge(...parameters: Parameters<LogReadStore['edge']>) {
      this.slices.push(parameters[3]);
      return super.edge(...parameters);
    }

    override async lines(...parameters: Parameters<LogReadStore['lines']>) {
      if (this.slices.at(-1)! > this.bearable) await parameters[0].query('SELECT pg_sleep(60)');
      return super.lines(...parameters);
    }
  }
  const readerWith = (store: LogReadStore): LogReader => {
    const parts = { database: test.database, heads: new LogHeadStore(), clock, store };
    return new LogReader({ ...parts, bounds: { ...READ_BOUNDS, statementMs: 200, maxLines: 1_000 } });
  };

  it('are looked through in small slices', async () => {
    const slow = new Slow(READ_BOUNDS.firstSlice);
    const from = new Date(NOW_MS - HOUR_MS / 12).toISOString();
    const { seqs } = await walk(readerWith(slow), { node: 'n1', from, limit: 1_000 });
    const wanted = await test.database.query(
      `SELECT FROM stream_entries WHERE stream_id = ${STREAM} AND node = 'n1' AND time_ms >= $1`,
      [Date.parse(from)],
    );
    expect([seqs.length, new Set(seqs).size]).toEqual([wanted.length, wanted.length]);
    expect(slow.slices.slice(0, 4)).toEqual([200, 1_000, 200, 200]);
  });

  it('are a reason to ask for less when even those take too long', async () => {
    const answer = readerWith(new Slow(1)).page('p', 'c', query({ q: 'x' }));
    await expect(answer).rejects.toMatchObject({
      status: 503,
      detail: expect.stringContaining('shorter time'),
    });
  });
});

/** What PostgreSQL makes of a statement. */
interface Plan {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Actual Rows'?: number;
  readonly 'Actual Loops'?: number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly Plan[];
}
const nodesOf = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];

describe('the statements', () => {
  /** Asks, and has every statement over entries explained. */
  async function plansOf(
    more: Readonly<Record<string, unknown>>,
    bounds: Partial<ReadBounds> = {},
  ): Promise<Plan[][]> {
    const plans: Plan[][] = [];
    const explaining = new Proxy(test.database, {
      get: (target, name) =>
        name === 'transaction'
          ? (work: (tx: unknown) => Promise<unknown>) =>
              target.transaction((tx) =>
                work({
                  ...tx,
                  query: async (sql: string, parameters: unknown[] = []) => {
                    if (sql.includes('stream_entries')) {
                      const explain = `EXPLAIN (ANALYZE, FORMAT JSON) ${sql}`;
                      const [row] = await tx.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(explain, parameters);
                      plans.push(nodesOf(row!['QUERY PLAN'][0].Plan));
                    }
                    return tx.query(sql, parameters);
                  },
                }),
              )
          : Reflect.get(target, name),
    });
    await readerOver(explaining, bounds).page('p', 'c', query(more));
    return plans;
  }

  const scansIn = (plan: readonly Plan[]) =>
    plan.filter(
      (node) => node['Relation Name']?.startsWith('stream_entries_') && (node['Actual Loops'] ?? 1) > 0,
    );
  const rowsRead = (plan: readonly Plan[]): number =>
    scansIn(plan).reduce(
      (sum, node) => sum + (node['Actual Rows'] ?? 0) + (node['Rows Removed by Filter'] ?? 0),
      0,
    );
  const expectOrderedScans = (plan: readonly Plan[]): void => {
    expect(scansIn(plan).length).toBeGreaterThan(0);
    for (const scan of scansIn(plan)) {
      expect(scan['Node Type']).toMatch(/^Index (Only )?Scan$/);
      expect(scan['Index Name']).toContain('time_ms');
    }
    expect(plan.map((node) => node['Node Type'])).not.toContain('Sort');
  };

  it('read a page in its order from the index, over all parts, and little more than the page', async () => {
    for (const to of [NOW_MS, NOW_MS - 1.5 * HOUR_MS]) {
      const plans = await plansOf({ to: new Date(to).toISOString(), limit: 100 });
      expect(plans).toHaveLength(1);
      expectOrderedScans(plans[0]!);
      expect(rowsRead(plans[0]!)).toBeLessThan(100 + 2 * PARTS);
    }
  });

  it('look through a slice and no more, whatever is wanted of it', async () => {
    const bounds = { firstSlice: 1_000, maxLines: 1 };
    for (const filter of [
      { q: 'no such' },
      { level: 'fatal' },
      { node: 'nowhere' },
      { q: 'x', level: 'warn', node: 'n1' },
    ]) {
      const plans = await plansOf(filter, bounds);
      expect(plans).toHaveLength(2);
      for (const plan of plans) expect(rowsRead(plan)).toBeLessThan(1_000 + 2 * PARTS);
      expectOrderedScans(plans[0]!);
    }
  });

  it('leave out the parts that were accepted long before', async () => {
    const from = new Date(SINCE_MS + 24 * HOUR_MS + 2.5 * HOUR_MS).toISOString();
    const plans = await plansOf({ from, to: new Date(SINCE_MS + 48 * HOUR_MS).toISOString() });
    const names = plans[0]!.flatMap((node) => node['Relation Name'] ?? []);
    expect(new Set(names).size).toBe(2);
  });
});
