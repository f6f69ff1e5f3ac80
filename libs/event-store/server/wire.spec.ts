import { afterEach, describe, expect, it } from 'vitest';
import { waitUntil } from '../../testing/wait-until.js';
import { ApiRig } from './api-rig.fixture.js';

const STATS = 'GET /api/stats HTTP/1.1\r\nHost: a\r\n\r\n';
const LAST = 'GET /health/live HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
const write = (body: string, headers = '', path = '/api/write?cluster=tc') =>
  `POST ${path} HTTP/1.1\r\nHost: a\r\n${headers}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
const statuses = (answers: string): number[] =>
  [...answers.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status));

let rig: ApiRig;
afterEach(() => rig.end());

describe('on the wire', () => {
  it('answers pipelined requests in their order', async () => {
    rig = await ApiRig.start();
    const answers = await rig.exchange(write('first') + STATS + write('second') + LAST);
    expect(statuses(answers)).toEqual([200, 200, 200, 200]);
    expect(rig.writes.map(({ body }) => body.toString())).toEqual(['first', 'second']);
  });

  it('goes on after a refused request that was read', async () => {
    rig = await ApiRig.start();
    const refused = write('no gzip', 'Content-Encoding: gzip\r\n');
    expect(statuses(await rig.exchange(refused + refused + LAST))).toEqual([400, 400, 200]);
  });

  it('closes after a request that it refused unread, and serves nothing that came behind it', async () => {
    rig = await ApiRig.start({}, { lingerMs: 50 });
    const answers = await rig.exchange(write('a', '', '/api/write') + write('b'));
    expect(statuses(answers)).toEqual([400]);
    expect(answers).toMatch(/^connection: close\r$/im);
  });

  it('understands absolute targets', async () => {
    rig = await ApiRig.start();
    const target = 'http://hub.example.com:80/api/write/?cluster=a/b';
    await rig.exchange(write('x', 'Connection: close\r\n', target));
    const bare = await rig.exchange(
      'GET http://hub.example.com HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
    );
    expect(rig.writes.map(({ cluster }) => cluster)).toEqual(['a/b']);
    expect(statuses(bare)).toEqual([404]);
  });

  it.each(['/api/write/%zz', '/%', '/api/query/%c3%28', '/api/%ff/x'])(
    'refuses the malformed path %s',
    async (path) => {
      rig = await ApiRig.start();
      const answer = await rig.exchange(`GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
      expect(statuses(answer)).toEqual([400]);
      expect(answer).toContain('{"status":"Bad Request","error":"the path is malformed"}\n');
    },
  );

  it.each(['%zz', '%', '%c3%28', '__proto__'])('takes the parameter %s for a name', async (name) => {
    rig = await ApiRig.start();
    const path = `/api/write/?cluster=${name}&__proto__=a&constructor=b`;
    expect(statuses(await rig.exchange(write('x', 'Connection: close\r\n', path)))).toEqual([200]);
    expect(rig.writes[0]?.cluster).toBe(name === '%c3%28' ? '\u{fffd}(' : name);
  });

  it.each([
    ['no HTTP', 'nonsense\r\n\r\n', 400],
    ['another version', 'GET / HTTP/9.9\r\n\r\n', 400],
    ['no Host', 'GET / HTTP/1.1\r\n\r\n', 400],
    [
      'two lengths',
      'POST /api/write?cluster=a HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab',
      400,
    ],
    [
      'a length and chunks',
      'POST /api/write?cluster=a HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\na',
      400,
    ],
    [
      'chunks of nonsense',
      'POST /api/write?cluster=a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
      400,
    ],
    ['too long a header', `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
    ['a tunnel', 'CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n', 405],
    [
      'another expectation',
      'GET / HTTP/1.1\r\nHost: a\r\nExpect: miracles\r\nConnection: close\r\n\r\n',
      417,
    ],
  ])('answers %s and closes', async (_what, text, status) => {
    rig = await ApiRig.start();
    const answer = await rig.exchange(text);
    expect(statuses(answer)).toEqual([status]);
    expect(rig.writes).toEqual([]);
  });

  it('refuses too many header fields', async () => {
    rig = await ApiRig.start();
    const fields = 'a: b\r\n'.repeat(100);
    expect(
      statuses(await rig.exchange(`GET / HTTP/1.1\r\nHost: a\r\n${fields}Connection: close\r\n\r\n`)),
    ).toEqual([431]);
  });

  it('asks for the body of a request that waits for it, when it is wanted', async () => {
    rig = await ApiRig.start();
    const wire = await rig.connect();
    const [header, body] = write('line', 'Expect: 100-continue\r\nConnection: close\r\n').split('\r\n\r\n');
    wire.send(`${header}\r\n\r\n`);
    await waitUntil(() => wire.received.startsWith('HTTP/1.1 100 Continue\r\n\r\n'), { what: 'the word' });
    wire.send(body!);
    expect(statuses(await wire.closed)).toEqual([100, 200]);
    expect(rig.writes[0]?.body.toString()).toBe('line');
  });

  it.each(['OPTIONS *', 'GET //api/stats', 'GET /api%2fstats', 'GET /api/stats;a'])(
    'there is nothing under %s',
    async (target) => {
      rig = await ApiRig.start();
      const answer = await rig.exchange(`${target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
      expect(statuses(answer)).toEqual([404]);
    },
  );

  it('HEAD of everything has no body', async () => {
    rig = await ApiRig.start({ isSwaggerUiEnabled: true });
    const paths = [
      '/api/stats/',
      '/nowhere',
      '/api/write',
      '/swagger/',
      '/swagger/doc.json',
      '/swagger/index.html',
    ];
    const heads = paths.map((path) => `HEAD ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
    const answers = await rig.exchange(heads.join('') + LAST);
    expect(statuses(answers)).toEqual([200, 404, 405, 302, 200, 200, 200]);
    // The last one is no HEAD.
    expect(answers.split('\r\n\r\n').filter((part) => part !== '' && !part.startsWith('HTTP/'))).toEqual([
      '{"status":"live"}\n',
    ]);
  });

  it('closes after each answer where connections are not kept', async () => {
    rig = await ApiRig.start({ keepAlives: false });
    for (const [path, status] of [
      ['/api/stats', 200],
      ['/nowhere', 404],
      ['/%zz', 400],
    ] as const) {
      const answer = await rig.exchange(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
      expect(statuses(answer)).toEqual([status]);
      expect(answer).toMatch(/^connection: close\r$/im);
    }
  });
});
