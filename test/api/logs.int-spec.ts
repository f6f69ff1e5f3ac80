import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { NewEntry } from '../../libs/domain/index.js';
import { startApiApp, type ApiApp } from './api-app.js';
import { ApiClient } from './api-client.js';
import { lineOf, logged, type ShownLine } from './logged-lines.js';
import { SAMPLE_CLUSTER } from './sample-tenant.js';

const HOUR_MS = 3_600_000;
const UNKNOWN_ID = '00000000000000000000';

let api: ApiApp;
let client: ApiClient;
let tenant: { projectId: string; path: string };
let clusterId: string;

beforeAll(async () => {
  api = await startApiApp();
  client = new ApiClient(api.app);
});
beforeEach(async () => {
  await client.signIn();
  tenant = await client.tenant();
  clusterId = (await client.call('POST', `/hub/v1/${tenant.path}/clusters`, SAMPLE_CLUSTER)).json.id;
});
afterAll(() => api.close());

const line = (body: string, change: Partial<NewEntry> = {}) => lineOf(api, body, change);
const log = (entries: readonly NewEntry[], cluster = clusterId) =>
  logged(api, tenant.projectId, cluster, entries);
const get = (query = '', cluster = clusterId) =>
  client.call('GET', `/hub/v1/${tenant.path}/clusters/${encodeURIComponent(cluster)}/logs?${query}`);
const messages = async (query = '', cluster = clusterId) =>
  ((await get(query, cluster)).json.logs as ShownLine[]).map(({ message }) => message);
const ago = (ms: number): number => api.clock.now().getTime() - ms;
const time = (ms: number): string => new Date(ms).toISOString();

describe('the log of a cluster', () => {
  it('is shown newest first, with exactly the documented members', async () => {
    const at = api.clock.now().toISOString();
    await log([line('older', { timeMs: ago(5_000), node: '' }), line('{"@m":"Started"}', { level: 'warn' })]);
    const { status, headers, json } = await get();
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('application/json; charset=utf-8');
    expect(json).toEqual({
      logs: [
        { seq: 2, time: at, acceptedAt: at, node: 'n1', level: 'warn', message: { '@m': 'Started' } },
        { seq: 1, time: time(ago(5_000)), acceptedAt: at, node: '', level: 'info', message: 'older' },
      ],
      next: null,
    });
  });

  it('shows structured events as they came, to the last digit', async () => {
    const event = '{"position": 9007199254740993,\r\n "again": 1, "again": 2, "text": "a\\nb"}';
    await log([line(event), line('{"broken": '), line('[1]'), line('two\nlines "quoted"')]);
    const { text, json } = await get();
    expect(text).toContain(
      '"message":{"position": 9007199254740993,  "again": 1, "again": 2, "text": "a\\nb"}}',
    );
    expect(json.logs.map(({ message }: ShownLine) => message).slice(0, 3)).toEqual([
      'two\nlines "quoted"',
      '[1]',
      '{"broken": ',
    ]);
  });

  it('is of the time that is asked for, both ends included, and of the last hour otherwise', async () => {
    const at = [2 * HOUR_MS, HOUR_MS + 1, HOUR_MS, 1, 0, -1].map(ago);
    await log(at.map((timeMs, index) => line(String(index), { timeMs })));
    expect(await messages()).toEqual(['4', '3', '2']);
    expect(await messages(`from=${time(at[0]!)}&to=${time(at[2]!)}`)).toEqual(['2', '1', '0']);
    expect(await messages(`from=${time(at[0]! + 1)}&to=${time(at[2]! - 1)}`)).toEqual(['1']);
    expect(await messages(`to=${time(at[2]!)}`)).toEqual(['2', '1', '0']);
    expect(await messages(`to=${time(ago(-HOUR_MS)).replace('Z', '%2B00:00')}`)).toEqual(['5', '4']);
  });

  it('shows lines that came late, and those of a clock that is ahead', async () => {
    const from = time(ago(0));
    await log([line('ahead', { timeMs: ago(-23 * HOUR_MS) })]);
    api.clock.advance(30 * HOUR_MS);
    await client.signIn();
    await log([line('late', { timeMs: ago(30 * HOUR_MS) })]);
    expect(await messages(`from=${from}`)).toEqual(['ahead', 'late']);
    expect(await messages(`from=${time(ago(7 * HOUR_MS))}`)).toEqual(['ahead']);
  });

  it.each([
    ['level=trace', ['f', 'e', 'd', 'c', 'b', 'a']],
    ['level=warn', ['f', 'e', 'd']],
    ['level=fatal', ['f']],
    ['node=n1', ['a']],
    ['node=N2', []],
    ['node=', ['c']],
    ['node=n2&level=error', ['f', 'e']],
    ['q=', ['f', 'e', 'd', 'c', 'b', 'a']],
  ])('finds with %s what it says', async (query, expected) => {
    const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;
    const nodes = ['n1', 'n2', '', 'n2', 'n2', 'n2'];
    await log(levels.map((level, index) => line('abcdef'[index]!, { level, node: nodes[index]! })));
    expect(await messages(query)).toEqual(expected);
  });

  it.each([
    ['SCAVENGE', ['a scavenge ended']],
    ['100%', ['at 100% of it']],
    ['_', ['under_score']],
    ['%', ['at 100% of it']],
    ['\\', ['back\\slash']],
    ['ÄRGER', ['Großer Ärger']],
    ['a%ed', []],
    ["' OR 1=1", []],
  ])('finds the text %s whatever the case, and nothing by wildcards', async (q, expected) => {
    await log(
      ['a scavenge ended', 'at 100% of it', 'under_score', 'back\\slash', 'Großer Ärger'].map((body) =>
        line(body),
      ),
    );
    expect(await messages(`q=${encodeURIComponent(q)}`)).toEqual(expected);
  });

  it.each([
    ['from=yesterday', 'from'],
    ['from=1969-12-31T23:59:59Z', 'from'],
    ['to=10000-01-01T00:00:00Z', 'to'],
    ['from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z', 'from'],
    ['level=warning', 'level'],
    ['level=info&level=warn', 'level'],
    [`q=${'x'.repeat(201)}`, 'q'],
    ['q=%00', 'q'],
    ['limit=0', 'limit'],
    ['limit=1001', 'limit'],
    ['cursor=x', 'cursor'],
    ['cursor=', 'cursor'],
    [`cursor=${Buffer.from("1.1.1'--").toString('base64url')}`, 'cursor'],
    [`cursor=${Buffer.from('01.1.1').toString('base64url')}`, 'cursor'],
    [`cursor=${Buffer.from('9999999999999999.1.1').toString('base64url')}`, 'cursor'],
  ])('refuses %s, naming the field', async (query, field) => {
    const { status, json } = await get(query);
    expect([status, Object.keys(json.fields)]).toEqual([400, [field]]);
  });
});

describe('pages of a log', () => {
  async function walk(query: string, onPage: () => Promise<void> = async () => undefined) {
    const seen: string[] = [];
    let pages = 0;
    let cursor = '';
    do {
      const { logs, next } = (await get(`${query}${cursor}`)).json;
      seen.push(...logs.map(({ message }: ShownLine) => message));
      pages += 1;
      await onPage();
      cursor = next === null ? '' : `&cursor=${next}`;
    } while (cursor !== '');
    return { seen, pages };
  }

  it.each(['', '&level=trace'])('have no gap and nothing twice while lines come in%s', async (filter) => {
    // Many of the same moment, in no order.
    const lines = Array.from({ length: 25 }, (_, index) =>
      line(String(index), { timeMs: ago((index * 7) % 5) }),
    );
    await log(lines);
    let more = 0;
    const { seen, pages } = await walk(`limit=4${filter}`, async () => {
      api.clock.advance(1);
      await log([line(`new ${(more += 1)}`)]);
    });
    expect(seen.filter((message) => !message.startsWith('new'))).toEqual(seen);
    expect(seen.toSorted()).toEqual(lines.map(({ body }) => body).toSorted());
    expect(pages).toBe(7);
    expect(await messages('limit=3')).toEqual(['new 7', 'new 6', 'new 5']);
  });

  it('stay in the hour that was meant at the first of them', async () => {
    await log([0, 10, 20, 59, 61].map((minutes) => line(`${minutes}`, { timeMs: ago(minutes * 60_000) })));
    const { seen } = await walk('limit=1', async () => api.clock.advance(12 * 60_000));
    expect(seen).toEqual(['0', '10', '20', '59']);
  });

  it('may be asked for with other bounds, which hold as well', async () => {
    await log([0, 1, 2, 3, 4].map((minutes) => line(`${minutes}`, { timeMs: ago(minutes * 60_000) })));
    const { next } = (await get('limit=2')).json;
    const cursor = `cursor=${next}`;
    expect(await messages(cursor)).toEqual(['2', '3', '4']);
    expect(await messages(`${cursor}&from=${time(ago(3 * 60_000))}`)).toEqual(['2', '3']);
    expect(await messages(`${cursor}&to=${time(ago(3 * 60_000))}`)).toEqual(['3', '4']);
  });

  it('are no larger than they should be, and have at least one line', async () => {
    await log([1, 2, 3, 4, 5, 6].map((digit) => line(String(digit).repeat(1_500_000))));
    const { seen, pages } = await walk('limit=100');
    expect(seen.map((message) => message[0])).toEqual(['6', '5', '4', '3', '2', '1']);
    expect(pages).toBe(2);
  });
});

describe('the clusters whose logs there are', () => {
  it('are registered ones, also without any line', async () => {
    expect((await get()).json).toEqual({ logs: [], next: null });
  });

  it('are those that only send lines, by their names', async () => {
    for (const name of ['edge', 'rack 1/left', 'ünïcode?#']) {
      await log([line(name)], name);
      expect(await messages('', name)).toEqual([name]);
    }
  });

  it('are no others', async () => {
    await log([line('x')]);
    await client.call('DELETE', `/hub/v1/${tenant.path}/clusters/${clusterId}`);
    for (const cluster of [clusterId, UNKNOWN_ID, 'nobody', "'--", '%'])
      expect((await get('', cluster)).status).toBe(404);
  });

  it('are not found by the name of a registered cluster, and the answer says by what', async () => {
    await log([line('x')]);
    const { json: registered } = await client.call('GET', `/hub/v1/${tenant.path}/clusters/${clusterId}`);
    expect((await get('', registered.name)).json.detail).toMatch(/a registered one goes by its id/);
  });

  it('are those of the project only', async () => {
    await log([line('mine')]);
    await log([line('mine, too')], 'edge');
    const mine = tenant;
    tenant = await client.tenant();
    expect([(await get()).status, (await get('', 'edge')).status]).toEqual([404, 404]);
    await log([line('theirs')], 'edge');
    expect(await messages('', 'edge')).toEqual(['theirs']);
    tenant = mine;
    expect(await messages('', 'edge')).toEqual(['mine, too']);
  });
});
