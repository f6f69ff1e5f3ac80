import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { StreamWriter } from '../../libs/delivery/streams/stream-writer.js';
import { StreamParts } from '../../libs/delivery/streams/stream-parts.js';
import type { NewEntry } from '../../libs/domain/index.js';
import { Metrics, silentLogger } from '../../libs/observability/index.js';
import { StreamEntryStore, StreamPartStore, StreamStore } from '../../libs/persistence/index.js';
import { LogTails } from '../../libs/sources/logs/log-tails.js';
import { waitUntil } from '../../libs/testing/index.js';
import { startApiApp, type ApiApp } from './api-app.js';
import { ApiClient } from './api-client.js';
import { lineOf, logged } from './logged-lines.js';
import { person } from './people.js';
import { RawConnection } from './raw-connection.js';
import { SAMPLE_CLUSTER } from './sample-tenant.js';
import { TailReader } from './tail-reader.js';

const TAILS = {
  pollMs: 20,
  heartbeatMs: 100,
  farewellMs: 200,
  maxTails: 6,
  maxPerProject: 4,
  maxBehind: 200,
  keptLines: 10,
  batch: { limit: 20, maxBytes: 65_536 },
};
const DAY_MS = 86_400_000;

let api: ApiApp;
let client: ApiClient;
let tenant: { organizationId: string; projectId: string; path: string };
let clusterId: string;
let url: string;
const readers: TailReader[] = [];

beforeAll(async () => {
  await start();
});
beforeEach(async () => {
  await client.signIn();
  tenant = await client.tenant();
  clusterId = (await client.call('POST', `/hub/v1/${tenant.path}/clusters`, SAMPLE_CLUSTER)).json.id;
});
afterEach(async () => {
  for (const reader of readers.splice(0)) await reader.leave();
  await waitUntil(() => openTails() === 0, { what: 'every tail to be given up' });
});
afterAll(() => api.close());

async function start(): Promise<void> {
  api = await startApiApp({ tails: TAILS });
  client = new ApiClient(api.app);
  await api.app.listen(0, '127.0.0.1');
  url = await api.app.getUrl();
}

const openTails = (): number => api.app.get(LogTails, { strict: false }).count;

const line = (body: string, change: Partial<NewEntry> = {}) => lineOf(api, body, change);
const log = (bodies: readonly (string | NewEntry)[], cluster = clusterId) =>
  logged(
    api,
    tenant.projectId,
    cluster,
    bodies.map((body) => (typeof body === 'string' ? line(body) : body)),
  );
const numbered = (from: number, count: number): string[] =>
  Array.from({ length: count }, (_, index) => String(from + index));

async function tail(
  query = '',
  headers: Record<string, string> = {},
  cluster = clusterId,
): Promise<TailReader> {
  const reader = await TailReader.open(
    `${url}/hub/v1/${tenant.path}/clusters/${encodeURIComponent(cluster)}/logs/tail?${query}`,
    { authorization: client.headers['authorization']!, ...headers },
  );
  readers.push(reader);
  return reader;
}

const statusesOf = (all: readonly TailReader[]): number[] =>
  all.map(({ status }) => status).toSorted((one, other) => one - other);

/** Another process that writes into the same database. */
const otherProcess = (): StreamWriter =>
  new StreamWriter({
    database: api.database,
    streams: new StreamStore([]),
    entries: new StreamEntryStore(),
    parts: new StreamParts(api.database, new StreamPartStore(), 2 * DAY_MS),
    wakeups: { wake: () => Promise.resolve() } as never,
    clock: api.clock,
    logger: silentLogger,
    metrics: new Metrics(),
    maxWaitingBytes: 1_048_576,
  });

describe('a live tail', () => {
  it('is a stream of events that nobody keeps, with all the headers of an answer', async () => {
    await log(['before']);
    const { status, response, events } = await tail();
    expect(status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      'x-content-type-options': 'nosniff',
      'x-request-id': expect.any(String),
      connection: 'close',
    });
    await waitUntil(() => events.length > 0, { what: 'the greeting' });
    expect(events[0]).toEqual({ id: '1' });
  });

  it('shows what comes in from then on, as the list shows it', async () => {
    await log(['before']);
    const reader = await tail();
    await log([line('{"@m": "Started",\n"n": 9007199254740993}', { level: 'warn' })]);
    const { id, data } = await reader.see('the line', ({ event }) => event === 'log');
    const [listed] = (await client.call('GET', `/hub/v1/${tenant.path}/clusters/${clusterId}/logs`)).json
      .logs;
    expect([id, data]).toEqual(['2', listed]);
    expect(reader.lines).toEqual([{ '@m': 'Started', n: expect.any(Number) }]);
  });

  it('begins with the last lines when that is asked for', async () => {
    await log(numbered(1, 5));
    expect(await (await tail('last=3')).receive(3)).toEqual(['3', '4', '5']);
    expect(await (await tail('last=9')).receive(5)).toEqual(['1', '2', '3', '4', '5']);
    expect(await (await tail('last=3&q=4')).receive(1)).toEqual(['4']);
  });

  it('shows every line of several writers once and in order, whichever process they are in', async () => {
    const other = otherProcess();
    const [one, two] = [await tail(), await tail()];
    const { projectId } = tenant;
    const writes: Promise<void>[] = [];
    for (let index = 0; index < 40; index += 1) {
      writes.push(log([`ours ${index}`, `ours ${index}, too`]));
      const entries = [line(`theirs ${index}`)];
      writes.push(other.append([{ projectId, source: 'logs', cluster: clusterId, entries }]));
      if (index % 5 === 4) await Promise.all(writes.splice(0));
    }
    for (const reader of [one, two]) {
      await reader.receive(120);
      const ids = reader.events.filter(({ event }) => event === 'log').map(({ id }) => Number(id));
      expect(ids).toEqual(numbered(1, 120).map(Number));
      expect(new Set(reader.lines).size).toBe(120);
    }
  });

  it('is woken by what another process has stored', async () => {
    const reader = await tail();
    const entries = [line('theirs')];
    await otherProcess().append([
      { projectId: tenant.projectId, source: 'logs', cluster: clusterId, entries },
    ]);
    expect(await reader.receive(1)).toEqual(['theirs']);
  });

  it('shows only what is wanted', async () => {
    const [level, node, q] = [await tail('level=warn'), await tail('node=n2'), await tail('q=END')];
    await log([
      line('begin'),
      line('the end', { level: 'debug' }),
      line('worse', { level: 'error' }),
      line('elsewhere', { node: 'n2' }),
      line('last: end', { level: 'warn', node: 'n2' }),
    ]);
    expect(await level.receive(2)).toEqual(['worse', 'last: end']);
    expect(await node.receive(2)).toEqual(['elsewhere', 'last: end']);
    expect(await q.receive(2)).toEqual(['the end', 'last: end']);
  });

  it('of a cluster that is not registered is to be had by its name', async () => {
    await log(['x'], 'edge 1/2');
    const reader = await tail('', {}, 'edge 1/2');
    await log(['y'], 'edge 1/2');
    expect(await reader.receive(1)).toEqual(['y']);
  });

  it('says again and again that it is there, and how far it has looked', async () => {
    const reader = await tail('q=wanted');
    await reader.see('a first heartbeat', ({ comment, id }) => comment === 'heartbeat' && id === '0');
    await log(numbered(1, 50));
    await reader.see('a heartbeat further on', ({ comment, id }) => comment === 'heartbeat' && id === '50');
    expect(reader.lines).toEqual([]);
  });
});

describe('whoever comes back', () => {
  it('misses nothing and gets nothing twice, by the id of the last event', async () => {
    const first = await tail();
    await log(numbered(1, 30));
    await first.receive(30);
    const lastId = first.events.findLast(({ id }) => id !== undefined)!.id!;
    await first.leave();
    await log(numbered(31, 60));
    const second = await tail('after=3', { 'last-event-id': lastId });
    await log(numbered(91, 1));
    expect(await second.receive(61)).toEqual(numbered(31, 61));
  });

  it('may say the number in the address instead', async () => {
    await log(numbered(1, 5));
    expect(await (await tail('after=2')).receive(3)).toEqual(['3', '4', '5']);
    expect(await (await tail('after=0&last=1')).receive(5)).toEqual(numbered(1, 5));
    const beyond = await tail('after=9007199254740991');
    await log(['6']);
    expect(await beyond.receive(1)).toEqual(['6']);
  });

  it('is told how many lines are left out when that is too long ago', async () => {
    await log(numbered(1, 500));
    const reader = await tail('after=100');
    expect(await reader.receive(10)).toEqual(numbered(491, 10));
    expect(reader.events.filter(({ event }) => event === 'gap')).toEqual([
      { event: 'gap', id: '490', data: { count: 390 } },
    ]);
  });

  it('is told once how many were forgotten meanwhile', async () => {
    await log(numbered(1, 103));
    api.clock.advance(DAY_MS);
    await client.signIn();
    await log(numbered(104, 2));
    await api.database.query('DELETE FROM stream_entries WHERE accepted_ms < $1', [
      api.clock.now().getTime(),
    ]);
    const reader = await tail('after=1');
    expect(await reader.receive(2)).toEqual(['104', '105']);
    const gaps = reader.events.filter(({ event }) => event === 'gap');
    expect(gaps).toEqual([{ event: 'gap', id: '103', data: { count: 102 } }]);
  });

  it('is told of what was forgotten also when nothing is left', async () => {
    await log(numbered(1, 50));
    await api.database.query('DELETE FROM stream_entries WHERE accepted_ms = $1', [
      api.clock.now().getTime(),
    ]);
    const reader = await tail('after=1');
    await reader.see('the gap', ({ event, id }) => event === 'gap' && id === '50');
    await log(['51']);
    expect(await reader.receive(1)).toEqual(['51']);
    expect(reader.events.filter(({ event }) => event === 'gap')).toHaveLength(1);
  });
});

describe('a reader that is too slow', () => {
  it('holds up nobody, leaves lines out, and is told how many', async () => {
    const slow = await RawConnection.open(url);
    slow.stopReading();
    const path = `/hub/v1/${tenant.path}/clusters/${clusterId}/logs/tail`;
    slow.send(
      `GET ${path} HTTP/1.1\r\nHost: hub\r\nAuthorization: ${client.headers['authorization']}\r\n\r\n`,
    );
    await waitUntil(() => openTails() === 1, { what: 'the slow tail to be open' });
    const quick = await tail();
    // Far more than fits into the buffers of both sides.
    const text = 'x'.repeat(60_000);
    for (let part = 0; part < 30; part += 1) {
      await log(Array.from({ length: 20 }, () => text));
      await quick.receive((part + 1) * 20);
    }
    expect(quick.events.some(({ event }) => event === 'gap')).toBe(false);
    slow.goOnReading();
    await waitUntil(() => slow.soFar.includes('id: 600\n'), { what: 'the last line', timeoutMs: 20_000 });
    const shown = slow.soFar.match(/^event: log$/gm)!.length;
    const counts = [...slow.soFar.matchAll(/^event: gap\nid: \d+\ndata: {"count":(\d+)}$/gm)].map(
      ([, count]) => Number(count),
    );
    expect(counts.length).toBeGreaterThan(0);
    expect(shown + counts.reduce((sum, count) => sum + count)).toBe(600);
    slow.destroy();
  });
});

describe('a tail is refused', () => {
  it.each([
    ['level=loud', {}, 'level'],
    ['after=-1', {}, 'after'],
    ['after=1.5', {}, 'after'],
    ['last=1001', {}, 'last'],
    ['', { 'last-event-id': 'x' }, 'last-event-id'],
    ['', { 'last-event-id': '1e99' }, 'last-event-id'],
  ] as [string, Record<string, string>, string][])(
    'for %s %o, naming what is wrong',
    async (query, headers, field) => {
      const path = `/hub/v1/${tenant.path}/clusters/${clusterId}/logs/tail?${query}`;
      const { status, json } = await client.call('GET', path, undefined, headers);
      expect([status, Object.keys(json.fields)]).toEqual([400, [field]]);
      expect(openTails()).toBe(0);
    },
  );

  it('of a cluster that there is not, or of another project', async () => {
    await log(['x'], 'edge');
    tenant = await client.tenant();
    expect([(await tail()).status, (await tail('', {}, 'edge')).status]).toEqual([404, 404]);
  });

  it('when the project has too many already, and then when the process has', async () => {
    const open = await Promise.all(Array.from({ length: 6 }, () => tail()));
    expect(statusesOf(open)).toEqual([200, 200, 200, 200, 429, 429]);
    const refused = open.find(({ status }) => status === 429)!;
    expect(refused.response.headers.get('retry-after')).toBe('10');
    tenant = await client.tenant();
    await log(['x'], 'edge');
    const others = await Promise.all(Array.from({ length: 3 }, () => tail('', {}, 'edge')));
    expect(statusesOf(others)).toEqual([200, 200, 503]);
    await open.find(({ status }) => status === 200)!.leave();
    await waitUntil(() => openTails() === 5, { what: 'a place to become free' });
    expect((await tail('', {}, 'edge')).status).toBe(200);
  });

  it('when its reader has left before it began, and keeps no place', async () => {
    const path = `/hub/v1/${tenant.path}/clusters/${clusterId}/logs/tail`;
    const request = `GET ${path} HTTP/1.1\r\nHost: hub\r\nAuthorization: ${client.headers['authorization']}\r\n\r\n`;
    for (let index = 0; index < 20; index += 1) {
      const hasty = await RawConnection.open(url);
      hasty.send(request);
      hasty.destroy();
      await hasty.ended;
    }
    // Not after a look at those that are open: the last one may not have got as far as that.
    await waitUntil(
      async () => {
        const all = await Promise.all(Array.from({ length: TAILS.maxPerProject }, () => tail()));
        for (const reader of all) await reader.leave();
        return all.every(({ status }) => status === 200);
      },
      { what: 'all places to be free' },
    );
  });

  it('and takes no place for a question about its headers', async () => {
    const path = `/hub/v1/${tenant.path}/clusters/${clusterId}/logs/tail`;
    const headers = { authorization: client.headers['authorization']! };
    const answer = await fetch(`${url}${path}`, { method: 'HEAD', headers });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      200,
      'text/event-stream; charset=utf-8',
    ]);
    await waitUntil(() => openTails() === 0, { what: 'no tail to be open' });
  });
});

describe('a tail ends', () => {
  const END = ({ event }: { event?: string }) => event === 'end';

  it.each([
    ['the token was revoked', 'UPDATE refresh_tokens SET revoked_at = now() WHERE account_id = $1'],
    ['the account was shut', 'UPDATE accounts SET active = false WHERE id = $1'],
    ['its reader left the organization', 'UPDATE memberships SET active = false WHERE account_id = $1'],
  ])('soon after %s', async (_what, sql) => {
    const { organizationId } = tenant;
    const { headers, accountId } = await person(api, { organizationId });
    const reader = await tail('', headers);
    const stays = await tail();
    await log(['x']);
    expect(await reader.receive(1)).toEqual(['x']);
    await api.database.query(sql, [accountId]);
    await reader.over;
    expect(reader.events.find(END)).toEqual({ event: 'end', data: { reason: 'unauthorized' } });
    expect(stays.isOver).toBe(false);
  });

  it('when the token is too old, also while lines come in all the time', async () => {
    const reader = await tail();
    api.clock.advance(3_700_000);
    while (!reader.isOver) await log(['x']);
    expect(reader.events.at(-1)).toEqual({ event: 'end', data: { reason: 'unauthorized' } });
  });

  it('when the project is deleted', async () => {
    const reader = await tail();
    await client.call('DELETE', `/resources/v1/${tenant.path}`);
    await reader.over;
    expect(reader.events.find(END)?.data).toEqual({ reason: 'unauthorized' });
  });

  it('when the hub stops, which waits for nobody who does not read', { timeout: 60_000 }, async () => {
    const stuck = await RawConnection.open(url);
    stuck.stopReading();
    const path = `/hub/v1/${tenant.path}/clusters/${clusterId}/logs/tail`;
    stuck.send(
      `GET ${path} HTTP/1.1\r\nHost: hub\r\nAuthorization: ${client.headers['authorization']}\r\n\r\n`,
    );
    const reader = await tail();
    await waitUntil(() => openTails() === 2, { what: 'both tails to be open' });
    for (let part = 1; part <= 20; part += 1) {
      await log(Array.from({ length: 20 }, () => 'x'.repeat(60_000)));
      await reader.receive(part * 20);
    }
    const begunAt = performance.now();
    await api.close();
    expect(performance.now() - begunAt).toBeLessThan(5_000);
    await reader.over;
    expect(reader.events.at(-1)).toEqual({ event: 'end', data: { reason: 'shutdown' } });
    stuck.destroy();
    readers.splice(0);
    await start();
  });
});
