import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { waitUntil } from '../../testing/wait-until.js';
import { ApiRig } from './api-rig.fixture.js';

const WRITE = '/api/write/?cluster=tc';
const ASK = 'GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n';

const rigs: ApiRig[] = [];
afterEach(async () => {
  for (const rig of rigs.splice(0)) await rig.end();
});
const start = async (...args: Parameters<typeof ApiRig.start>): Promise<ApiRig> => {
  const rig = await ApiRig.start(...args);
  rigs.push(rig);
  return rig;
};

describe('listening', () => {
  it.each(['127.0.0.1', 'localhost', ''])('works on %j', async (address) => {
    const rig = await start({ address });
    const { port } = new URL(rig.url);
    expect((await fetch(`http://127.0.0.1:${port}/health/live`)).status).toBe(200);
    expect(rig.url).toMatch(/^http:\/\/\S+:\d+$/);
  });

  it.each([
    ['127.0.0.1', 'address 127.0.0.1'],
    ['localhost', 'address localhost'],
    ['', 'all interfaces'],
  ])('D31: a busy port of %j stops the start with a sentence', async (address, words) => {
    const taken = createServer().listen(0, address === '' ? '0.0.0.0' : '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as { port: number };
    try {
      await expect(start({ address, port })).rejects.toThrow(
        new RegExp(
          `^The API cannot listen on ${words}, port ${port}: something else listens on it already\\.$`,
        ),
      );
    } finally {
      taken.close();
    }
  });

  it.each([
    ['192.0.2.1', 'this machine has no such address'],
    // No resolver is asked for so long a label.
    ['x'.repeat(64), 'there is no such address'],
  ])('D31: the address %s stops the start with a sentence', async (address, reason) => {
    await expect(start({ address, port: 18_099 })).rejects.toThrow(
      `The API cannot listen on address ${address}, port 18099: ${reason}.`,
    );
  });
});

describe('closing', () => {
  it('D30: answers the write that is under way, and takes no more', async () => {
    const rig = await start();
    const { promise: stored, resolve: store } = Promise.withResolvers<void>();
    rig.onWrite = () => stored;
    const answer = rig.post(WRITE, 'line');
    const wire = await rig.connect();
    wire.send(ASK);
    await waitUntil(() => rig.writes.length === 1 && wire.received !== '', { what: 'the requests' });
    const closed = rig.server.close();
    // At once: it is idle, while the write still waits.
    await wire.closed;
    await expect(fetch(`${rig.url}/health/live`)).rejects.toThrow();
    store();
    const { status, headers } = await answer;
    expect([status, headers.get('connection')]).toEqual([200, 'close']);
    await closed;
  });

  it('D30: reads the rest of a body that was under way', async () => {
    const rig = await start();
    const wire = await rig.connect();
    wire.send(`POST ${WRITE} HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n`);
    await waitUntil(() => wire.received.includes('100 Continue'), { what: 'the request to be under way' });
    const closed = rig.server.close();
    wire.send('line');
    expect(await wire.closed).toContain('HTTP/1.1 200 OK\r\n');
    await closed;
    expect(rig.writes[0]?.body.toString()).toBe('line');
  });

  it('serves nothing that comes on a connection that is still in use', async () => {
    const rig = await start();
    const { promise: stored, resolve: store } = Promise.withResolvers<void>();
    rig.onWrite = () => stored;
    const post = `POST ${WRITE} HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n`;
    const [wire, other] = [await rig.connect(), await rig.connect()];
    other.send(`${post}oth`);
    wire.send(`${post}line`);
    await waitUntil(() => rig.writes.length === 1, { what: 'the write' });
    const closed = rig.server.close();
    await wire.sent(`${post}more`);
    // By then the server has seen what was sent before.
    other.send('e');
    await waitUntil(() => rig.writes.length === 2, { what: 'the other write' });
    store();
    expect(await wire.closed).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    await closed;
    expect(rig.writes.map(({ body }) => body.toString())).toEqual(['line', 'othe']);
  });

  it('closes a connection whose answer had begun, as soon as it is sent', async () => {
    const rig = await start();
    rig.onQuery = async () => 'x'.repeat(30 * 1_048_576);
    const wire = await rig.connect();
    wire.send('GET /api/query HTTP/1.1\r\nHost: a\r\n\r\n');
    await waitUntil(() => wire.received !== '', { what: 'the answer to begin' });
    wire.socket.pause();
    const closed = rig.server.close();
    wire.socket.resume();
    expect((await wire.closed).length).toBeGreaterThan(30 * 1_048_576);
    await closed;
  });

  it('closes connections that never said anything', async () => {
    const rig = await start();
    const wire = await rig.connect();
    wire.send('');
    await rig.server.close();
    expect(await wire.closed).toBe('');
  });

  it('cuts off what takes longer than the time of grace', async () => {
    const rig = await start({}, { graceMs: 50 });
    rig.onWrite = () => new Promise<void>(() => {});
    const answer = rig.post(WRITE, 'line').then(
      () => 'answered',
      () => 'cut',
    );
    await waitUntil(() => rig.writes.length === 1, { what: 'the write' });
    await rig.server.close();
    expect(await answer).toBe('cut');
  });

  it('may be asked for twice', async () => {
    const rig = await start();
    await Promise.all([rig.server.close(), rig.server.close()]);
    await rig.server.close();
  });
});
