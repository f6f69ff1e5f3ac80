import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startApiApp, type ApiApp } from './api-app.js';
import { ApiClient } from './api-client.js';
import { person } from './people.js';
import { RawConnection, readAnswer } from './raw-connection.js';

const ROOT = '/api/query/';
const NOW_S = 1_767_225_600;

let api: ApiApp;
let client: ApiClient;
let tenant: { organizationId: string; projectId: string; path: string };
let token: string;

beforeAll(async () => {
  api = await startApiApp();
  client = new ApiClient(api.app);
  await client.signIn();
  await api.app.listen(0, '127.0.0.1');
});
beforeEach(async () => {
  tenant = await client.tenant();
  token = await ingestToken(tenant.path);
});
afterAll(() => api.close());

async function ingestToken(path: string): Promise<string> {
  return (await client.call('POST', `/hub/v1/${path}/ingest-tokens`, { label: 'agent' })).json.token;
}

interface Sent {
  readonly method?: 'GET' | 'POST' | 'HEAD' | 'PUT';
  readonly url?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends with the ingest token. */
async function send(payload: string, { method = 'GET', url = ROOT, headers = {} }: Sent = {}) {
  const authorization = `Bearer ${token}`;
  const answer = await api.app.inject({ method, url, payload, headers: { authorization, ...headers } });
  const isJson = /[/+]json\b/.test(String(answer.headers['content-type']));
  const json = isJson && answer.payload !== '' ? answer.json() : undefined;
  return { status: answer.statusCode, headers: answer.headers, text: answer.payload, json };
}

async function write(...lines: readonly string[]): Promise<void> {
  const { status, text } = await send(lines.join('\n'), { method: 'POST', url: '/api/write/' });
  expect([status, text]).toEqual([200, '']);
}

const query = (body: object, sent: Sent = {}) =>
  send(JSON.stringify({ cluster: 'c', from: 0, to: NOW_S, ...body }), sent);
/** The payloads that each entry of each query found. */
const found = async (body: object, sent: Sent = {}): Promise<unknown> =>
  (await query(body, sent)).json.results.map((entries: { data?: object[]; error?: string }[]) =>
    entries.map(({ data = [], error }) => error ?? data.map((datum) => Object.values(datum)[0])),
  );
const quoted = (text: string): string => JSON.stringify(text);
/** An event of a second of 2025. */
const event = (payload: string, second = 1, tags = 'hostname=n1', name = 'job') =>
  `${name},cluster=c${tags === '' ? '' : `,${tags}`} event=${quoted(payload)} ${1_740_000_000 + second}`;

describe('events that were written', () => {
  it('come back as cc-event-store declares it', async () => {
    await write(event('{"jobId": 69}', 2), event('plain', 1));
    const { status, headers, json } = await query({ queries: [{ event: 'job', host: 'n1' }] });
    expect([status, headers['content-type']]).toEqual([200, 'application/json; charset=utf-8']);
    expect(json).toEqual({
      results: [
        [
          {
            data: [
              { Event: 'plain', timestamp: 1_740_000_001 },
              { Event: '{"jobId": 69}', timestamp: 1_740_000_002 },
            ],
            from: 0,
            to: NOW_S,
          },
        ],
      ],
    });
  });

  it.each([
    '{"a":"},\\"name\\":\\"x\\"","b":[1,{"c":"]"}]}',
    '{"a": 1}  \n',
    '[ 12345678901234567890, 1.0 ]',
    '{"__proto__":{"x":1}}',
    'a "quoted" \\ text',
    '',
    '{"cut":',
    '{"event":1},"name":"x"',
    '\u00e4\u2028\u{1f600}',
  ])('come back letter by letter: %j', async (payload) => {
    await write(event(payload));
    expect(await found({ queries: [{}] })).toEqual([[[payload]]]);
  });

  it('are told apart by name, host, type and ids, each pair of ids by itself', async () => {
    await write(
      event('a', 1, 'hostname=n1,type=core,type-id=0,stype=thread,stype-id=1'),
      event('b', 2, 'hostname=n1,type=core,type-id=1'),
      event('c', 3, 'hostname=n2,type=node,type-id=0'),
      event('d', 4, 'hostname=n2', 'slurm'),
      'log,cluster=c,hostname=n1 log="no event" 1740000005',
    );
    const queries = [
      { event: 'job' },
      { host: 'n2' },
      { type: 'core', 'type-ids': ['0', '1', '2'] },
      { type: null, 'type-ids': ['0'] },
      { type: 'core', subtype: 'thread', 'type-ids': ['0', '1'], 'subtype-ids': ['1', '2'] },
      { event: 'nothing' },
    ];
    expect(await found({ queries })).toEqual([
      [['a', 'b', 'c']],
      [['c', 'd']],
      [['a'], ['b'], []],
      [['a', 'c']],
      [['a'], [], [], []],
      [[]],
    ]);
  });

  it('are those of the time that is asked for, both ends included', async () => {
    await write(event('a', 1), event('b', 2), event('c', 3));
    expect(await found({ from: 1_740_000_002, to: 1_740_000_002, queries: [{}] })).toEqual([[['b']]]);
  });

  it('can be fetched page by page', async () => {
    await write(event('a', 1), event('b', 1), event('c', 2));
    const seen: unknown[] = [];
    let cursor: string | undefined;
    do {
      const { json } = await query({ queries: [{ limit: 1, cursor }] });
      const [[entry]] = json.results;
      seen.push(entry.data[0].Event);
      cursor = entry.next;
    } while (cursor !== undefined);
    expect(seen).toEqual(['a', 'b', 'c']);
  });

  it('D33: come a part at a time when they are long, also where many short ones come before them', async () => {
    const shorts = Array.from({ length: 20 }, (_, id) => `short ${id}`);
    await write(...shorts.map((payload) => event(payload, 1)), event('long', 2));
    // 1,200 of 30 KB each: more than two answers hold.
    await api.database.query(
      `INSERT INTO stream_entries (stream_id, seq, accepted_ms, time_ms, level, node, about, body)
       SELECT stream_id, seq + number, accepted_ms, time_ms, level, node, about,
         '{"event":"' || rpad('long ' || number, 30000, 'x') || '","name":"job"}'
       FROM stream_entries, generate_series(1, 1200) AS number WHERE body LIKE '%long%'`,
    );
    const seen: string[] = [];
    let answers = 0;
    let cursor: string | undefined;
    do {
      const { json, text } = await query({ queries: [{ cursor }] });
      const [[entry]] = json.results;
      expect(text.length).toBeLessThan(20 * 1_048_576);
      seen.push(...entry.data.map(({ Event }: { Event: string }) => Event.replace(/x+$/, '')));
      cursor = entry.next;
      answers += 1;
    } while (cursor !== undefined);
    const longs = Array.from({ length: 1_200 }, (_, index) => `long ${index + 1}`);
    expect([answers, seen]).toEqual([3, [...shorts, 'long', ...longs]]);
  });

  it('are asked of all nodes that have events', async () => {
    await write(event('a', 1, 'hostname=n2'), event('b', 2, 'hostname=n1'), event('c', 3, ''));
    await write('log,cluster=c,hostname=n9 log="no event"');
    const { json } = await query({ 'for-all-nodes': ['job'] });
    expect(json.queries).toEqual([
      { event: 'job', host: 'n1' },
      { event: 'job', host: 'n2' },
    ]);
    expect(json.results.map(([{ data }]: [{ data: { Event: string }[] }]) => data[0]!.Event)).toEqual([
      'b',
      'a',
    ]);
    expect((await query({ cluster: 'x', 'for-all-nodes': ['job'] })).json).toEqual({
      queries: [],
      results: [],
    });
  });

  it('of a registered cluster are found by its name and its id; of one that nobody knows the entry says so', async () => {
    const nodes = [{ address: 'http://n1.example.com:2113' }];
    const clusters = `/hub/v1/${tenant.path}/clusters`;
    const { id } = (await client.call('POST', clusters, { name: 'c', nodes })).json;
    expect(await found({ queries: [{}] })).toEqual([[[]]]);
    await write(event('a'));
    expect(await found({ queries: [{}] })).toEqual([[['a']]]);
    expect(await found({ cluster: id, queries: [{}] })).toEqual([[['a']]]);
    expect(await found({ cluster: 'x', queries: [{}] })).toEqual([
      ['there is no cluster "x" in this project'],
    ]);
  });

  it('of before there were columns for them are taken for log lines', async () => {
    await write(event('a'));
    await api.database.query('UPDATE stream_entries SET about = NULL');
    const url = `/hub/v1/${tenant.path}/api/query`;
    const headers = { authorization: client.headers['authorization']! };
    expect(await found({ queries: [{}, { kind: 'log' }] }, { url, headers })).toEqual([
      [[]],
      [['{"event":"a","name":"job"}']],
    ]);
  });
});

describe('log lines', () => {
  it('are read by people who ask for them, and by no ingest token', async () => {
    await write(
      'log,cluster=c,hostname=n1 log="{\\"a\\": 1}" 1740000001',
      'ccb,cluster=c,hostname=n1,loglevel=warn,unit=x,type=node log="slow",code=7i 1740000002',
      event('no log line'),
    );
    const url = `/hub/v1/${tenant.path}/api/query`;
    const member = await person(api, { organizationId: tenant.organizationId, role: 'member' });
    const headers = { ...member.headers };
    const queries = [{ kind: 'log' }, { kind: 'log', event: 'log' }, { kind: 'log', type: 'node' }];
    expect(await found({ queries }, { url, headers })).toEqual([
      [['{"a": 1}', 'slow']],
      [['{"a": 1}']],
      [['slow']],
    ]);
    const detailed = await query({ details: true, queries: [queries[2]] }, { url, headers });
    expect(detailed.json.results[0][0].data).toEqual([
      {
        Log: 'slow',
        timestamp: 1_740_000_002,
        name: 'ccb',
        hostname: 'n1',
        type: 'node',
        tags: { loglevel: 'warn', unit: 'x' },
        fields: { code: 7 },
        time: '2025-02-19T21:20:02.000Z',
      },
    ]);
    for (const at of [{ url }, {}])
      expect((await query({ queries: [{ kind: 'log' }] }, at)).status).toBe(403);
  });
});

describe('a query', () => {
  it('may be a GET or a POST, with a slash, without, and below, of any content type', async () => {
    await write(event('a'));
    for (const url of [
      '/api/query',
      '/api/query/',
      '/api/query/foo/bar',
      `/hub/v1/${tenant.path}/api/query/foo`,
    ])
      for (const method of ['GET', 'POST'] as const)
        for (const type of ['application/json', 'text/plain', 'nonsense'])
          expect(
            await found({ queries: [{}] }, { url, method, headers: { 'content-type': type } }),
            `${method} ${url}`,
          ).toEqual([[['a']]]);
  });

  it('may be a GET with a body over a bare connection, also in pieces, and a HEAD, which is answered without one', async () => {
    await write(event('a'));
    const body = JSON.stringify({ cluster: 'c', to: NOW_S, queries: [{}] });
    const head = `HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer ${token}\r\nConnection: close\r\n`;
    const whole = `${head}Content-Length: ${body.length}\r\n\r\n${body}`;
    const chunks = [...body].map((letter) => `1\r\n${letter}\r\n`).join('');
    const url = await api.app.getUrl();
    for (const rest of [whole, `${head}Transfer-Encoding: chunked\r\n\r\n${chunks}0\r\n\r\n`]) {
      const answer = readAnswer(dechunked(await RawConnection.exchange(url, `GET ${ROOT} ${rest}`)));
      expect([answer.status, answer.body.results[0][0].data[0].Event]).toEqual([200, 'a']);
      const bare = readAnswer(await RawConnection.exchange(url, `HEAD ${ROOT} ${rest}`));
      expect([bare.status, bare.body]).toEqual([200, undefined]);
    }
  });

  it('leaves the connection to the next one', async () => {
    await write(event('a'));
    const body = JSON.stringify({ cluster: 'c', to: NOW_S, queries: [{}] });
    const head = `GET ${ROOT} HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer ${token}\r\n`;
    const one = `${head}Content-Length: ${body.length}\r\n\r\n${body}`;
    const last = `${head}Connection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    const text = await RawConnection.exchange(await api.app.getUrl(), one + last);
    expect(text.match(/HTTP\/1\.1 200/g)).toHaveLength(2);
  });

  it('of more than a MiB is refused, whether its length was said or not', async () => {
    expect((await send(' '.repeat(1_048_577))).status).toBe(413);
    expect((await send(' '.repeat(1_048_577), { method: 'POST' })).status).toBe(413);
    const head = `GET ${ROOT} HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer ${token}\r\nTransfer-Encoding: chunked\r\n\r\n`;
    const pieces = `10000\r\n${' '.repeat(65_536)}\r\n`.repeat(17);
    const text = await RawConnection.exchange(await api.app.getUrl(), head + pieces);
    expect(text).toMatch(/^HTTP\/1\.1 413 /);
  });

  it('of a stranger is not waited for', async () => {
    const connection = await RawConnection.open(await api.app.getUrl());
    connection.send(
      `GET ${ROOT} HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer spi_unknown\r\nContent-Length: 5000\r\n\r\n{`,
    );
    expect(readAnswer((await connection.ended).text).status).toBe(401);
  });

  it.each([
    ['', 'failed to parse API request: EOF'],
    ['[]', 'failed to parse API request: the body is no object'],
    ['{"from":2,"to":1}', '"from" is after "to"'],
    ['{"for-all-nodes":["job"]}', '"cluster" is missing'],
  ])('that cannot be understood is a 400 with the member `error`: %j', async (body, error) => {
    const { status, json } = await send(body);
    expect([status, json.error, json.detail]).toEqual([400, error, error]);
  });

  it('by another method is no route', async () => {
    expect((await send('{}', { method: 'PUT' })).status).toBe(404);
    expect((await send('', { method: 'GET', url: '/api/write/' })).status).toBe(404);
    expect((await send('', { method: 'POST', url: '/api/stats/' })).status).toBe(404);
  });

  it('never sees another tenant’s events', async () => {
    await write(event('mine'));
    const other = await client.tenant();
    const mine = token;
    token = await ingestToken(other.path);
    expect(await found({ queries: [{}] })).toEqual([['there is no cluster "c" in this project']]);
    await write(event('theirs'));
    expect(await found({ queries: [{}] })).toEqual([[['theirs']]]);
    expect((await query({ queries: [{}] }, { url: `/hub/v1/${tenant.path}/api/query` })).status).toBe(404);
    token = mine;
    expect(await found({ queries: [{}] })).toEqual([[['mine']]]);
  });

  it('that takes too long says so in its entry', async () => {
    await write(event('a'));
    const slow = await api.database.transaction(async (tx) => {
      await tx.query('LOCK TABLE stream_entries IN ACCESS EXCLUSIVE MODE');
      return query({ queries: [{}, {}] });
    });
    expect([slow.status, slow.json.results.map(([{ error }]: [{ error: string }]) => error)]).toEqual([
      200,
      Array(2).fill('it took too long: ask for a shorter time, or for less at once'),
    ]);
    expect(await found({ queries: [{}] })).toEqual([[['a']]]);
  }, 20_000);
});

describe('lines', () => {
  it('may be written below the path, too', async () => {
    for (const url of ['/api/write/foo', `/hub/v1/${tenant.path}/api/write/foo/bar?cluster=c`])
      expect((await send(event('a'), { method: 'POST', url })).status).toBe(200);
    expect(await found({ queries: [{}] })).toEqual([[['a', 'a']]]);
  });
});

describe('statistics', () => {
  it('count what came of a project, in the shape of cc-event-store', async () => {
    await write(event('a'), event('b'));
    await send('job event="x"', { method: 'POST', url: '/api/write' });
    await query({ queries: [{}] });
    const expected = {
      manager: { status: { processed: 2, write_batch: 1, queries: 1 }, errors: { unreadable_lines: 1 } },
      backend: { status: { writes: 2, queries: 1, active_tables: 1 }, errors: { write_no_cluster_tag: 1 } },
      info: { retention_time: '48h', flush_time: '0s', backend_type: 'postgres' },
    };
    for (const url of ['/api/stats', '/api/stats/', '/api/stats/x', `/hub/v1/${tenant.path}/api/stats`])
      expect((await send('', { url })).json).toEqual(expected);
  });
});

/** An answer in pieces as one. */
function dechunked(text: string): string {
  const [head = '', ...rest] = text.split('\r\n\r\n');
  if (!/transfer-encoding: chunked/i.test(head)) return text;
  return `${head}\r\n\r\n${rest.join('\r\n\r\n').replaceAll(/(^|\r\n)[0-9a-f]+\r\n/g, '')}`;
}
