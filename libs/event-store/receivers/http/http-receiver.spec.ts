import { once } from 'node:events';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { waitUntil } from '../../../testing/wait-until.js';
import { IntakeFull } from '../../intake/index.js';
import { EventStoreStats } from '../../stats/index.js';
import { StorageRefused, StorageUnavailable } from '../../storage/storage-backend.js';
import { httpReceiver } from './index.js';
import { httpSchema } from './http.schema.js';
import { KeepingIntake, partsOf } from './keeping-intake.fixture.js';
import { LineListener, type ListenerBounds } from './line-listener.js';
import { MAX_BODY_BYTES } from './request-body.js';

let intake: KeepingIntake;
const open: LineListener[] = [];
beforeEach(() => {
  intake = new KeepingIntake();
});
afterEach(async () => {
  intake.before = () => undefined;
  await Promise.all(open.splice(0).map((receiver) => receiver.stop()));
});

function make(settings: object = {}, name = 'r', bounds?: ListenerBounds): LineListener {
  const read = httpSchema.parse({ address: '127.0.0.1', port: 0, path: 'write', ...settings });
  const parts = partsOf(intake, undefined, name);
  const receiver = new LineListener(read, parts, (body, cluster) => intake.write(body, { cluster }), bounds);
  open.push(receiver);
  return receiver;
}

async function started(settings: object = {}, name?: string, bounds?: ListenerBounds): Promise<LineListener> {
  const receiver = make(settings, name, bounds);
  await receiver.start();
  return receiver;
}

async function post(
  { port }: LineListener,
  body: NonNullable<RequestInit['body']>,
  path = '/write',
  init: RequestInit = {},
) {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', body, ...init });
  return { status: response.status, text: await response.text(), headers: response.headers };
}
const basic = (login: string) => ({ headers: { authorization: `Basic ${btoa(login)}` } });

describe('an http receiver', () => {
  it('answers 200 with an empty body, and only when the lines are stored', async () => {
    const receiver = await started();
    let store!: () => void;
    intake.before = () => new Promise<void>((resolve) => (store = resolve));
    let isAnswered = false;
    const answer = post(receiver, 'job,cluster=tc event="x"\n').finally(() => (isAnswered = true));
    await waitUntil(() => store as unknown, { what: 'the lines to reach the store' });
    expect(isAnswered).toBe(false);
    store();
    expect(await answer).toMatchObject({ status: 200, text: '' });
    expect(intake.bodies).toEqual([{ text: 'job,cluster=tc event="x"\n', cluster: undefined }]);
  });

  it('has the cluster of the request, or else of its settings', async () => {
    const receiver = await started({ cluster: 'mine' });
    await post(receiver, 'a event="x"');
    await post(receiver, 'a event="x"', '/write?cluster=my-cluster&precision=s');
    await post(receiver, 'a event="x"', '/write?cluster=');
    expect(intake.bodies.map(({ cluster }) => cluster)).toEqual(['mine', 'my-cluster', 'mine']);
    expect((await post(receiver, 'a event="x"', '/write?cluster=%20')).status).toBe(400);
  });

  it.each([
    ['write', '/write', 200],
    ['/write', '/write', 200],
    ['/write', '/write/', 404],
    ['/write', '/writes', 404],
    ['/write', '/', 404],
    ['/write/', '/write/', 200],
    ['/write/', '/write', 200],
    ['/write/', '/write/deeper', 200],
    ['', '/', 200],
    ['', '/api/write/', 200],
    ['constructor', '/constructor', 200],
  ])('at %j answers a request for %s with %d', async (path, asked, status) => {
    const receiver = await started({ path });
    expect((await post(receiver, 'a event="x"', asked)).status).toBe(status);
  });

  it('takes nothing but POST', async () => {
    const receiver = await started();
    const response = await fetch(`http://127.0.0.1:${receiver.port}/write`);
    expect([response.status, await response.text(), response.headers.get('allow')]).toEqual([
      405,
      'Method Not Allowed\n',
      'POST',
    ]);
  });

  it('wants its login, whole and exact', async () => {
    const receiver = await started({ username: 'user', password: 'p:w' });
    expect(await post(receiver, 'a event="x"', '/write', basic('user:p:w'))).toMatchObject({ status: 200 });
    const refused = ['user:', 'user:p', 'user:p:w ', 'User:p:w', ':p:w', ''].map(basic);
    for (const init of [...refused, {}, { headers: { authorization: 'Bearer x' } }, basic('ü')].slice(0, 8)) {
      const answer = await post(receiver, 'a event="x"', '/write', init);
      expect([answer.status, answer.text]).toEqual([401, 'Unauthorized\n']);
    }
    expect(intake.bodies).toHaveLength(1);
  });

  it('D20: answers 400 with the place of a line that cannot be read, and stores nothing of the body', async () => {
    const answer = await post(await started(), 'a event="x"\nb event=\nc event="y"');
    expect(answer.status).toBe(400);
    expect(answer.text).toMatch(/^ServerHttp: Failed to decode: at line 2:\d+: .*\n$/);
    expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(intake.bodies).toEqual([]);
  });

  it.each([
    [new IntakeFull(), 503, '1'],
    [new StorageUnavailable('secret address'), 503, '5'],
    [new StorageRefused('too long'), 400, null],
    [new Error('secret address'), 500, null],
  ])('answers %s with %d', async (error, status, retryAfter) => {
    const receiver = await started();
    intake.before = () => {
      throw error;
    };
    const answer = await post(receiver, 'a event="x"');
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([status, retryAfter]);
    expect(answer.text).not.toContain('secret');
    intake.before = () => undefined;
    expect((await post(receiver, 'a event="x"')).status).toBe(200);
  });
});

describe('a body', () => {
  const encoded = (encoding: string) => ({ headers: { 'content-encoding': encoding } });

  it('may be compressed by gzip', async () => {
    const receiver = await started();
    expect((await post(receiver, gzipSync('a event="x"'), '/write', encoded('gzip'))).status).toBe(200);
    expect((await post(receiver, 'a event="x"', '/write', encoded('gzip'))).status).toBe(400);
    expect((await post(receiver, 'a event="x"', '/write', encoded('br'))).status).toBe(415);
    expect(intake.bodies.map(({ text }) => text)).toEqual(['a event="x"']);
  });

  it('D33: is at most 16 MiB, as it comes and unpacked', async () => {
    const receiver = await started();
    const largest = Buffer.alloc(MAX_BODY_BYTES, '#');
    expect((await post(receiver, largest)).status).toBe(200);
    const larger = Buffer.alloc(MAX_BODY_BYTES + 1, '#');
    expect((await post(receiver, larger)).status).toBe(413);
    const stream = new Blob([larger]).stream();
    const chunked = { duplex: 'half' } as RequestInit;
    expect((await post(receiver, stream, '/write', chunked)).status).toBe(413);
    expect((await post(receiver, gzipSync(larger), '/write', encoded('gzip'))).status).toBe(413);
    expect((await post(receiver, 'a event="x"')).status).toBe(200);
  }, 30_000);

  it('D33: is refused for a while when there is no memory for more of them', async () => {
    const receiver = await started({}, 'r', { heldBytes: 10_000, graceMs: 20_000 });
    let store!: () => void;
    const gate = new Promise<void>((resolve) => (store = resolve));
    let waiting = 0;
    intake.before = () => {
      waiting += 1;
      return gate;
    };
    const first = [post(receiver, 'a event="x"'.padEnd(4_400)), post(receiver, 'b event="x"'.padEnd(3_400))];
    await waitUntil(() => waiting === 2, { what: 'both bodies to be held' });
    const packed = gzipSync('c event="x"'.padEnd(10_000));
    for (const [body, init] of [
      ['c event="x"'.padEnd(1_000), {}] as const,
      [packed, encoded('gzip')] as const,
    ]) {
      const refused = await post(receiver, body, '/write', init);
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
    }
    store();
    expect((await Promise.all(first)).map(({ status }) => status)).toEqual([200, 200]);
    expect((await post(receiver, 'c event="x"'.padEnd(8_000))).status).toBe(200);
  });

  it('D33: takes room by the piece, however small it is', async () => {
    const receiver = await started({}, 'r', { heldBytes: 100_000, graceMs: 20 });
    const socket = connect(receiver.port, '127.0.0.1').setEncoding('latin1');
    socket.write('POST /write HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n');
    socket.write('1\r\nx\r\n'.repeat(1_000));
    const [answer] = (await once(socket, 'data')) as [string];
    socket.destroy();
    expect(answer).toMatch(/^HTTP\/1\.1 503 /);
    expect(intake.bodies).toEqual([]);
  });

  it('that breaks off is not stored, and does no harm', async () => {
    const receiver = await started();
    const socket = connect(receiver.port, '127.0.0.1');
    socket.write('POST /write HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\na event="x"\n');
    await once(socket, 'connect');
    socket.destroy();
    expect((await post(receiver, 'b event="x"')).status).toBe(200);
    expect(intake.bodies.map(({ text }) => text)).toEqual(['b event="x"']);
  });
});

describe('D35: of several receivers', () => {
  it('each has its own path and login, and two may have the same path', async () => {
    const guarded = await started({ username: 'u', password: 'p', path: '/a' }, 'guarded');
    const plain = await started({ path: '/b' }, 'plain');
    const twin = await started({ path: '/a' }, 'twin');
    expect((await post(guarded, 'a event="x"', '/b')).status).toBe(404);
    expect((await post(plain, 'a event="x"', '/a', basic('u:p'))).status).toBe(404);
    expect((await post(guarded, 'a event="x"', '/a')).status).toBe(401);
    expect((await post(twin, 'a event="x"', '/a')).status).toBe(200);
  });

  it('D31: one whose port is taken does not start, and says by whom', async () => {
    const { port } = await started({}, 'first');
    await expect(make({ port: String(port) }, 'second').start()).rejects.toThrow(
      `The receiver "second" cannot listen on 127.0.0.1, port ${port}: the receiver "first" listens there. Each receiver needs a port of its own.`,
    );
    await expect(make({ address: '192.0.2.1' }, 'third').start()).rejects.toThrow('no such address');
  });
});

describe('connections', () => {
  it('are kept, unless they are not to be', async () => {
    const kept = await post(await started(), 'a event="x"');
    expect(kept.headers.get('connection')).toBe('keep-alive');
    const closed = await post(await started({ keep_alives_enabled: false }), 'a event="x"');
    expect(closed.headers.get('connection')).toBe('close');
  });

  it('D17: are closed when they were idle for too long', async () => {
    const { port } = await started({ idle_timeout: '50ms' });
    const socket = connect(port, '127.0.0.1');
    socket.write('POST /write HTTP/1.1\r\nhost: a\r\ncontent-length: 12\r\n\r\na event="x"\n');
    await once(socket.resume(), 'end');
    expect(intake.bodies).toHaveLength(1);
  });
});

it('counts the bodies that it refuses, but not those that may come again', async () => {
  const stats = new EventStoreStats();
  const receiver = httpReceiver.create(httpSchema.parse({ address: '127.0.0.1', port: 0 }), {
    ...partsOf(intake),
    stats,
  }) as LineListener;
  await receiver.start();
  open.push(receiver);
  expect((await post(receiver, 'a event=', '/')).status).toBe(400);
  intake.before = () => {
    throw new StorageRefused('a record is of no time');
  };
  expect((await post(receiver, 'a event="x"', '/')).status).toBe(400);
  intake.before = () => {
    throw new IntakeFull();
  };
  expect((await post(receiver, 'a event="x"', '/')).status).toBe(503);
  const info = { retention_time: '24h', flush_time: '1s', backend_type: 'sqlite' };
  expect(stats.view(info).manager.errors).toEqual({ receiver_refused: 2 });
});

it('warns of what it refuses, of each status for itself', async () => {
  const lines: unknown[] = [];
  const output = { write: (line: string) => void lines.push(JSON.parse(line)) };
  const logger = pino({ base: null, timestamp: false }, output);
  const settings = httpSchema.parse({ address: '127.0.0.1', port: 0, username: 'u', password: 'p' });
  const receiver = httpReceiver.create(settings, { ...partsOf(intake), logger }) as LineListener;
  await receiver.start();
  open.push(receiver);
  lines.length = 0;
  const wrong = basic('u:marked');
  for (const init of [wrong, wrong, wrong, basic('u:p'), basic('u:p')])
    await post(receiver, 'a event=', '/', init);
  await receiver.stop();
  const line = (status: number, count: number, reason: string) => ({
    level: 40,
    event: 'bodies.refused',
    receiver: 'r',
    status,
    count,
    reason,
  });
  const unreadable = expect.stringMatching(/^ServerHttp: Failed to decode: at line 1:/) as string;
  expect(lines).toEqual([
    line(401, 1, 'Unauthorized'),
    line(400, 1, unreadable),
    line(401, 2, 'Unauthorized'),
    line(400, 1, unreadable),
  ]);
});

describe('a stop', () => {
  it('answers what is under way, and takes in nothing more', async () => {
    const receiver = await started();
    const { port } = receiver;
    let store!: () => void;
    intake.before = () => new Promise<void>((resolve) => (store = resolve));
    const answer = post(receiver, 'a event="x"');
    await waitUntil(() => store as unknown, { what: 'the lines to reach the store' });
    const stopped = receiver.stop();
    await expect(fetch(`http://127.0.0.1:${port}/write`)).rejects.toThrow('fetch failed');
    store();
    expect(await answer).toMatchObject({ status: 200 });
    await stopped;
  });

  it('does not wait for senders that never end', async () => {
    const receiver = await started({}, 'r', { heldBytes: 1_000, graceMs: 20 });
    const socket = connect(receiver.port, '127.0.0.1').on('error', () => undefined);
    socket.write('POST /write HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\n');
    const closed = once(socket, 'close');
    await once(socket, 'connect');
    await receiver.stop();
    socket.resume();
    await closed;
  });
});

describe('the settings', () => {
  it('have the defaults of the original', () => {
    expect(httpSchema.parse({})).toEqual({
      address: '',
      port: 8_080,
      path: '/',
      idle_timeout: 120_000,
      keep_alives_enabled: true,
    });
  });

  it.each([
    [
      { port: '8098', idle_timeout: '1h30m', path: 'x/y' },
      { port: 8_098, idle_timeout: 5_400_000, path: '/x/y' },
    ],
    [{ idle_timeout: '', username: '', password: '' }, { idle_timeout: 0 }],
    [
      { username: 'a', password: 'b' },
      { username: 'a', password: 'b' },
    ],
  ])('may be %j', (given, read) => {
    expect(httpSchema.parse(given)).toMatchObject(read);
  });

  it.each([
    [{ username: 'marked' }, 'username'],
    [{ password: 'marked' }, 'username'],
    [{ port: 'http' }, 'port'],
    [{ port: 70_000 }, 'port'],
    [{ idle_timeout: '2 minutes' }, 'idle_timeout'],
    [{ path: '/a?b' }, 'path'],
    [{ cluster: ' ' }, 'cluster'],
  ])('cannot be %j', (given, key) => {
    const { error } = httpSchema.safeParse(given);
    expect(error?.issues.map(({ path }) => path[0])).toEqual([key]);
    expect(error?.message).not.toContain('marked');
  });
});

it('is created as the catalog needs it', async () => {
  const settings = httpReceiver.schema.parse({ address: '127.0.0.1', port: 0 }) as never;
  const receiver = httpReceiver.create(settings, partsOf(intake)) as LineListener;
  await receiver.start();
  open.push(receiver);
  expect((await post(receiver, 'a event="x"', '/')).status).toBe(200);
});
