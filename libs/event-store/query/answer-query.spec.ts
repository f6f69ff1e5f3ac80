import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StoredRecord } from '../record/index.js';
import { bytesOf, StorageUnavailable, type PageBounds } from '../storage/index.js';
import { atMost } from '../testing/backend-under-test.js';
import { MemoryReader } from '../testing/memory-reader.js';
import { answerQuery, BadQuery, QUERY_BOUNDS, readQueryRequest, type QueryEntry } from './index.js';

const NOW_MS = Date.UTC(2026, 10, 28);

const record = (id: number, more: Partial<StoredRecord> = {}): StoredRecord => ({
  id,
  kind: 'event',
  cluster: 'tc',
  name: 'job',
  hostname: 'a',
  type: null,
  typeId: null,
  stype: null,
  stypeId: null,
  tags: null,
  fields: null,
  timeMs: id * 1_000,
  payload: `p${id}`,
  ...more,
});

function ask(records: StoredRecord[], body: object, bounds = QUERY_BOUNDS) {
  const request = readQueryRequest(Buffer.from(JSON.stringify({ cluster: 'tc', ...body })), NOW_MS);
  return answerQuery(request, new MemoryReader(records), bounds);
}
const payloads = (results: readonly (readonly QueryEntry[])[]): string[][][] =>
  results.map((entries) => entries.map(({ data = [] }) => data.map(({ Event, Log }) => Event ?? Log ?? '')));

describe('an answer', () => {
  it('D2, D7: has the shape of the contract, and an entry without data when there is none', async () => {
    const answer = await ask([record(1)], {
      from: 0,
      to: 9,
      queries: [{ event: 'job', host: 'a' }, { event: 'x' }],
    });
    expect(answer).toEqual({
      results: [[{ data: [{ Event: 'p1', timestamp: 1 }], from: 0, to: 9 }], [{ from: 0, to: 9 }]],
    });
  });

  it('D4, D5: has one entry for a query without type or ids', async () => {
    const { results } = await ask([record(1), record(2, { type: 'core', typeId: '0' })], {
      queries: [{}, { 'type-ids': ['0'] }, { type: 'core' }],
    });
    expect(payloads(results)).toEqual([[['p1', 'p2']], [['p2']], [['p2']]]);
  });

  it('D6: has one entry for each pair of a type id and a subtype id', async () => {
    const records = ['0', '1'].flatMap((typeId, one) =>
      ['x', 'y'].map((stypeId, other) =>
        record(1 + one * 2 + other, { type: 'core', typeId, stype: 'app', stypeId }),
      ),
    );
    const { results } = await ask(
      [...records, record(9, { type: 'core', typeId: '0', stype: 'other', stypeId: 'x' })],
      {
        queries: [{ type: 'core', 'type-ids': ['0', '1'], subtype: 'app', 'subtype-ids': ['x', 'y'] }],
      },
    );
    expect(payloads(results)).toEqual([[['p1'], ['p2'], ['p3'], ['p4']]]);
  });

  it('D34: is ordered by time, then by the order of storage, whatever order things came in', async () => {
    const { results } = await ask(
      [record(3, { timeMs: 5 }), record(1, { timeMs: 9 }), record(2, { timeMs: 5 })],
      {
        queries: [{}],
      },
    );
    expect(payloads(results)).toEqual([[['p2', 'p3', 'p1']]]);
  });

  it('takes both bounds in, the last second as a whole', async () => {
    const records = [999, 1_000, 2_999, 3_000].map((timeMs, index) => record(index + 1, { timeMs }));
    const { results } = await ask(records, { from: 1, to: 2, queries: [{}] });
    expect(payloads(results)).toEqual([[['p2', 'p3']]]);
  });

  it('makes a query for each host and each event that is asked for of all nodes, and says which', async () => {
    const records = [record(1), record(2, { hostname: 'b', name: 'slurm' }), record(3, { hostname: '' })];
    const answer = await ask(records, { queries: [{ event: 'job' }], 'for-all-nodes': ['job', 'slurm'] });
    expect(answer.queries).toEqual([
      { event: 'job', host: '' },
      { event: 'job', host: 'a' },
      { event: 'slurm', host: 'a' },
      { event: 'job', host: 'b' },
      { event: 'slurm', host: 'b' },
    ]);
    expect(payloads(answer.results)).toEqual([[['p1', 'p3']], [['p1']], [[]], [[]], [['p2']]]);
  });

  it('has log lines only where they are asked for', async () => {
    const records = [record(1), record(2, { kind: 'log' })];
    const { results } = await ask(records, { queries: [{}, { kind: 'log' }] });
    expect(results.map(([entry]) => entry!.data)).toEqual([
      [{ Event: 'p1', timestamp: 1 }],
      [{ Log: 'p2', timestamp: 2 }],
    ]);
  });

  it('says more of each record when details are asked for', async () => {
    const full = record(1, { typeId: '0', tags: '{"__proto__":"x"}', fields: '{"n":1}', timeMs: 1_234 });
    const { results } = await ask([full], { details: true, queries: [{}] });
    const [datum] = results[0]![0]!.data!;
    expect(JSON.stringify(datum)).toBe(
      '{"Event":"p1","timestamp":1,"name":"job","hostname":"a","type-id":"0","tags":{"__proto__":"x"},"fields":{"n":1},"time":"1970-01-01T00:00:01.234Z"}',
    );
  });

  it('says in an entry what went wrong with it, and answers the others', async () => {
    const request = readQueryRequest(
      Buffer.from('{"cluster":"tc","queries":[{"host":"a"},{"host":"b"}]}'),
      NOW_MS,
    );
    const reader = new MemoryReader([record(1)]);
    const select = reader.select.bind(reader);
    reader.select = (selection, bounds) =>
      selection.hostname === 'b'
        ? Promise.reject(new StorageUnavailable('too slow'))
        : select(selection, bounds);
    expect(await answerQuery(request, reader)).toEqual({
      results: [
        [{ data: [{ Event: 'p1', timestamp: 1 }], from: 0, to: NOW_MS / 1_000 }],
        [{ error: 'too slow', from: 0, to: NOW_MS / 1_000 }],
      ],
    });
  });

  it('is refused when it would have more entries than anybody reads', async () => {
    const ids = Array.from({ length: 200 }, (_, id) => String(id));
    await expect(ask([], { queries: [{ 'type-ids': ids, 'subtype-ids': ids }] })).rejects.toThrow(BadQuery);
  });
});

/** Follows `next` until there is none. */
async function readAll(
  records: StoredRecord[],
  limit: number,
  bounds: typeof QUERY_BOUNDS,
): Promise<string[]> {
  const found: string[] = [];
  let cursor: string | undefined;
  for (let page = 0; page <= records.length + 1; page += 1) {
    const { results } = await ask(records, { limit, queries: [{ cursor }] }, bounds);
    const entry = results[0]![0]!;
    expect(entry.data?.length ?? 0).toBeLessThanOrEqual(limit);
    found.push(...(entry.data ?? []).map(({ Event }) => Event!));
    cursor = entry.next;
    if (cursor === undefined) return found;
  }
  throw new Error('It does not end');
}

it('is complete when one follows its pages, without anything twice, whatever the bounds', async () => {
  const histories = fc.array(fc.nat({ max: 5 }), { maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(
      histories,
      fc.integer({ min: 1, max: 7 }),
      fc.record({ limit: fc.integer({ min: 1, max: 4 }), maxBytes: fc.integer({ min: 1, max: 30 }) }),
      async (times, limit, page) => {
        const records = times.map((timeMs, index) => record(index + 1, { timeMs }));
        const bounds = { maxBytes: 1_000, page };
        const all = await new MemoryReader(records).select(everything, atMost(100));
        const expected = all.records.map(({ payload }) => payload);
        expect(await readAll(records, limit, bounds)).toEqual(expected);
      },
    ),
    { numRuns: 500 },
  );
});
const everything = { kind: 'event', cluster: 'tc', fromMs: 0, toMs: NOW_MS } as const;

it('D33: leaves the data of further entries for later when the answer is full', async () => {
  const records = Array.from({ length: 20 }, (_, index) => record(index + 1, { payload: 'x'.repeat(100) }));
  const bounds = { maxBytes: 1_000, page: atMost(2) };
  const { results } = await ask(records, { queries: [{}, { host: 'a' }, { host: 'nobody' }] }, bounds);
  const [[first], [second], [third]] = results as [[QueryEntry], [QueryEntry], [QueryEntry]];
  expect(first.data!.length).toBeLessThan(20);
  expect(first.next).toBeDefined();
  expect(second).toMatchObject({ next: '0-0' });
  expect(second.data).toBeUndefined();
  expect(third.next).toBeUndefined();
});

/** What is asked of the reader while a query is answered, and how much came at once at most. */
async function questionsOf(records: StoredRecord[], body: object, bounds = QUERY_BOUNDS) {
  const asked: PageBounds[] = [];
  let most = 0;
  const reader = new MemoryReader(records);
  const select = reader.select.bind(reader);
  reader.select = async (selection, within) => {
    asked.push(within);
    const page = await select(selection, within);
    most = Math.max(
      most,
      page.records.reduce((sum, one) => sum + bytesOf(one), 0),
    );
    return page;
  };
  const request = readQueryRequest(Buffer.from(JSON.stringify({ cluster: 'tc', ...body })), NOW_MS);
  return { ...(await answerQuery(request, reader, bounds)), asked, most };
}

it('D33: fetches no more at once than a page may have, though long records follow many short ones', async () => {
  const long = 'x'.repeat(100_000);
  const records = Array.from({ length: 120 }, (_, id) => record(id + 1, id < 100 ? {} : { payload: long }));
  const bounds = { maxBytes: 1_000_000, page: { limit: 5_000, maxBytes: 200_000 } };
  const { results, most } = await questionsOf(records, { queries: [{}] }, bounds);
  expect(most).toBeLessThan(200_000 + 100_010);
  expect(results[0]![0]).toMatchObject({ data: { length: 110 }, next: expect.any(String) });
});

it('asks nothing more once everything came, and of an answer that is full only whether there is more', async () => {
  const records = Array.from({ length: 7 }, (_, id) => record(id + 1));
  expect((await questionsOf(records, { queries: [{ limit: 7 }] })).asked).toHaveLength(1);
  expect((await questionsOf(records, { queries: [{ limit: 3 }] })).asked).toHaveLength(1);
  const bounds = { maxBytes: 1_000, page: atMost(4, 100) };
  const { asked } = await questionsOf(records, { queries: [{}] }, bounds);
  expect(asked.map(({ limit }) => limit)).toEqual([4, 4]);
  const full = await questionsOf(records, { queries: [{}, {}] }, { ...bounds, maxBytes: 100 });
  expect(full.asked.map(({ limit }) => limit)).toEqual([4, 0]);
});
