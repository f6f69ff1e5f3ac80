import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { waitUntil } from '../../testing/wait-until.js';
import { BadQuery } from '../query/index.js';
import { ApiRig, type Wire } from './api-rig.fixture.js';
import { Signer } from './tokens.fixture.js';

const WRITE = '/api/write/?cluster=tc';
const HEADER = `POST ${WRITE} HTTP/1.1\r\nHost: a\r\n`;
/** Deadlines that pass while one watches. */
const HASTE = { headersMs: 100, requestMs: 200, checkIntervalMs: 20, lingerMs: 50 };

let rig: ApiRig;
afterEach(() => rig.end());

describe('D33: bodies', () => {
  it('are taken up to 16 MiB', async () => {
    rig = await ApiRig.start();
    expect((await rig.post(WRITE, Buffer.alloc(16 * 1_048_576))).status).toBe(200);
    expect(rig.writes[0]?.body).toHaveLength(16 * 1_048_576);
  });

  it.each([
    ['announced', (bytes: number) => `Content-Length: ${bytes}\r\n\r\n`, ''],
    [
      'in chunks',
      (bytes: number) => `Transfer-Encoding: chunked\r\n\r\n${bytes.toString(16)}\r\n`,
      '\r\n0\r\n\r\n',
    ],
  ])(
    '%s beyond are refused, and their sender may send all the same before it looks',
    async (_what, header, end) => {
      rig = await ApiRig.start();
      const wire = await rig.connect();
      wire.socket.pause();
      const body = 'x'.repeat(40 * 1_048_576);
      // A connection that was cut in the meantime fails here.
      await wire.sent(HEADER + header(body.length) + body + end);
      wire.socket.resume();
      const answer = await wire.closed;
      expect(answer).toMatch(/^HTTP\/1\.1 413 Payload Too Large\r\n/);
      expect(answer).toContain(
        '{"status":"Payload Too Large","error":"the body has more than 16777216 bytes"}\n',
      );
      expect(rig.writes).toEqual([]);
    },
  );

  it.each([
    ['announced', `Content-Length: 101\r\n\r\n`],
    ['in chunks', `Transfer-Encoding: chunked\r\n\r\n65\r\n${'x'.repeat(101)}\r\n`],
  ])('%s as too large are refused before they are there', async (_what, rest) => {
    rig = await ApiRig.start({}, { maxBodyBytes: 100, lingerMs: 50 });
    expect(await rig.exchange(HEADER + rest)).toMatch(/^HTTP\/1\.1 413 Payload Too Large\r\n/);
  });

  it('are limited unpacked, too, and no more than that is unpacked', async () => {
    rig = await ApiRig.start();
    const bomb = gzipSync(Buffer.alloc(200 * 1_048_576));
    expect((await rig.post(WRITE, bomb, { 'content-encoding': 'gzip' })).status).toBe(413);
    const fits = gzipSync(Buffer.alloc(16 * 1_048_576));
    expect((await rig.post(WRITE, fits, { 'content-encoding': 'gzip' })).status).toBe(200);
    expect(rig.writes).toHaveLength(1);
  });

  it('that are as many as may be held leave no room for another, until one is stored', async () => {
    rig = await ApiRig.start({}, { maxBodies: 2 });
    const { promise: stored, resolve: store } = Promise.withResolvers<void>();
    rig.onWrite = () => stored;
    const held = [rig.post(WRITE, 'a'), rig.post(WRITE, 'b')];
    await waitUntil(() => rig.writes.length === 2, { what: 'both to be stored' });
    const refused = await rig.post(WRITE, 'c');
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
    store();
    expect((await Promise.all(held)).map(({ status }) => status)).toEqual([200, 200]);
    expect((await rig.post(WRITE, 'c')).status).toBe(200);
  });

  it('take room by their bytes as they come, and give it back when their sender goes', async () => {
    rig = await ApiRig.start({}, { maxHeldBytes: 3_000 });
    const half = await rig.connect();
    half.send(`${HEADER}Content-Length: 2000\r\n\r\n${'x'.repeat(1_500)}`);
    await waitUntil(async () => (await rig.post(WRITE, Buffer.alloc(900))).status === 503, {
      what: 'a full room',
    });
    half.socket.destroy();
    await waitUntil(async () => (await rig.post(WRITE, Buffer.alloc(1_500))).status === 200, {
      what: 'room',
    });
  });
});

describe('D33: bodies in pieces', () => {
  it('take room by the piece, however small it is', async () => {
    rig = await ApiRig.start({}, { maxHeldBytes: 100_000, lingerMs: 50 });
    const pieces = '1\r\nx\r\n'.repeat(1_000);
    const answer = await rig.exchange(`${HEADER}Transfer-Encoding: chunked\r\n\r\n${pieces}`);
    expect(answer).toMatch(/^HTTP\/1\.1 503 Service Unavailable\r\n/);
    expect(answer).toMatch(/^retry-after: 1\r$/im);
    expect(rig.writes).toEqual([]);
  });
});

describe('D33: queries', () => {
  const query = 'GET /api/query HTTP/1.1\r\nHost: a\r\n\r\n';
  const isBusy = async () => (await fetch(`${rig.url}/api/query`)).status === 503;

  it.each([
    ['whose answer nobody reads', 1],
    ['that wait for the first answer of their connection', 3],
  ])('%s keep their place until the connection ends', async (_what, count) => {
    rig = await ApiRig.start({}, { maxQueries: count });
    // More than the buffers of both sides hold.
    rig.onQuery = async () => 'x'.repeat(30 * 1_048_576);
    const wire = await rig.connect();
    wire.socket.pause();
    wire.send(query.repeat(count));
    await waitUntil(() => rig.queries.length === count, { what: 'the questions' });
    expect(await isBusy()).toBe(true);
    wire.socket.destroy();
    rig.onQuery = async () => '{}';
    await waitUntil(async () => !(await isBusy()), { what: 'a free place' });
    // All of them are free again.
    const { promise: answer, resolve: give } = Promise.withResolvers<string>();
    rig.onQuery = () => answer;
    rig.queries.length = 0;
    const others = Array.from({ length: count }, () => fetch(`${rig.url}/api/query`));
    try {
      await waitUntil(() => rig.queries.length === count, { what: 'as many questions again' });
    } finally {
      give('{}');
      await Promise.all(others);
    }
  });

  it.each([
    ['answered', async () => '{}'],
    ['refused', () => Promise.reject(new BadQuery('nonsense'))],
  ])('that are %s leave their place to the next', async (_what, answer) => {
    rig = await ApiRig.start({}, { maxQueries: 1 });
    rig.onQuery = answer;
    for (let count = 0; count < 3; count += 1)
      await waitUntil(async () => !(await isBusy()), { what: 'a free place' });
  });
});

describe('D33: queries of callers who leave', () => {
  it('while their token is checked take no place', async () => {
    const signer = new Signer();
    rig = await ApiRig.start({ jwtPublicKey: signer.publicKey }, { maxQueries: 1 });
    const authorization = `Bearer ${await signer.sign({})}`;
    const request = `GET /api/query HTTP/1.1\r\nHost: a\r\nAuthorization: ${authorization}\r\n\r\n`;
    for (let count = 0; count < 50; count += 1) {
      const wire = await rig.connect();
      await wire.sent(request);
      wire.socket.resetAndDestroy();
      await wire.closed;
    }
    const ask = () => fetch(`${rig.url}/api/query`, { headers: { authorization } });
    await waitUntil(async () => (await ask()).status === 200, { what: 'a free place' });
  });
});

describe('D33: slow senders', () => {
  const cases: [string, string, number][] = [
    ['the header', 'POST /api/wri', 408],
    ['the body', `${HEADER}Content-Length: 10\r\n\r\nabc`, 408],
    ['the packed body', `${HEADER}Content-Encoding: gzip\r\nContent-Length: 10\r\n\r\n\x1f\x8b`, 408],
  ];
  it.each(cases)('are told 408 when %s does not come', async (_what, text, status) => {
    rig = await ApiRig.start({}, HASTE);
    const answer = await rig.exchange(text);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} Request Timeout\r\n`));
    expect(answer).toContain('{"status":"Request Timeout","error":"the request did not arrive in time"}\n');
    expect(rig.writes).toEqual([]);
  });

  it('who send a byte now and then are cut, too', async () => {
    rig = await ApiRig.start({}, HASTE);
    const wire = await rig.connect();
    const drip = setInterval(() => wire.send('x'), 20);
    try {
      expect(await wire.closed).toMatch(/^HTTP\/1\.1 4(00|08) /);
    } finally {
      clearInterval(drip);
    }
  });

  it('who connect and say nothing are cut', async () => {
    rig = await ApiRig.start({}, HASTE);
    await (
      await rig.connect()
    ).closed;
  });
});

describe('D17: idle connections', () => {
  const answered = async (wire: Wire) => {
    wire.send('GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n');
    await waitUntil(() => wire.received.endsWith('{"status":"live"}\n'), { what: 'the answer' });
  };

  it('are closed after idle_timeout', async () => {
    rig = await ApiRig.start({ idleTimeoutMs: 100 });
    const wire = await rig.connect();
    await answered(wire);
    // Node grants a second more than it says.
    const outcome = await Promise.race([wire.closed.then(() => 'closed'), later(4_000)]);
    expect(outcome).toBe('closed');
  });

  it('stay open until then', async () => {
    rig = await ApiRig.start({ idleTimeoutMs: 3_000 });
    const [wire, other] = [await rig.connect(), await rig.connect()];
    await answered(wire);
    await answered(other);
    expect(wire.received).toMatch(/^keep-alive: timeout=3\r$/im);
    await answered(wire);
    expect(wire.socket.closed).toBe(false);
  });
});

const later = (ms: number) =>
  new Promise<string>((resolve) => void setTimeout(() => resolve('too late'), ms).unref());
