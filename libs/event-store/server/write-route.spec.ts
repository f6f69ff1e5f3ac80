import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { IntakeFull } from '../intake/index.js';
import { LineProtocolError } from '../line-protocol/index.js';
import { StorageRefused, StorageUnavailable } from '../storage/index.js';
import { ApiRig } from './api-rig.fixture.js';

const LINE = 'job,hostname=n1 event="started" 1740027951\n';
const WRITE = '/api/write/?cluster=tc';

let rig: ApiRig;
afterEach(() => rig.end());

const answerOf = async (response: Response) => ({
  status: response.status,
  type: response.headers.get('content-type'),
  body: await response.text(),
});
const json = (status: number, text: string, message: string) => ({
  status,
  type: 'application/json',
  body: `${JSON.stringify({ status: text, error: message })}\n`,
});

describe('POST /api/write', () => {
  it.each(['/api/write', '/api/write/', '/api/write/anything', '/api/write/any/thing%20else'])(
    'D8, D32: %s answers 200 with nothing, and passes body and parameter on',
    async (path) => {
      rig = await ApiRig.start();
      const response = await fetch(`${rig.url}${path}?cluster=my-cluster`, {
        method: 'POST',
        body: LINE,
        redirect: 'error',
      });
      expect(await answerOf(response)).toEqual({ status: 200, type: null, body: '' });
      expect(rig.writes).toEqual([{ body: Buffer.from(LINE), cluster: 'my-cluster' }]);
    },
  );

  it('answers only when the lines are stored', async () => {
    rig = await ApiRig.start();
    const events: string[] = [];
    const { promise: stored, resolve: store } = Promise.withResolvers<void>();
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    rig.onWrite = () => (begin(), stored);
    const answer = rig.post(WRITE, LINE).then(() => events.push('answered'));
    await begun;
    events.push('stored');
    store();
    await answer;
    expect(events).toEqual(['stored', 'answered']);
  });

  it.each(['/api/write/', '/api/write/?cluster=', '/api/write/?other=tc&cluster'])(
    'wants the parameter `cluster`: %s',
    async (path) => {
      rig = await ApiRig.start();
      const message = 'query parameter cluster is required';
      expect(await answerOf(await rig.post(path, LINE))).toEqual(json(400, 'Bad Request', message));
      expect(rig.writes).toEqual([]);
    },
  );

  it('needs no parameter where there is a default, which a parameter overrules', async () => {
    rig = await ApiRig.start({ defaultCluster: 'house' });
    expect((await rig.post('/api/write', LINE)).status).toBe(200);
    expect((await rig.post('/api/write/?cluster=', LINE)).status).toBe(200);
    expect((await rig.post('/api/write/?cluster=a%2Bb&cluster=c', LINE)).status).toBe(200);
    expect(rig.writes.map(({ cluster }) => cluster)).toEqual(['house', 'house', 'a+b']);
  });

  it.each([
    'text/plain; charset=utf-8',
    'application/json',
    'application/x-www-form-urlencoded',
    ';;',
    'nonsense',
  ])('takes the body as it is whatever its Content-Type: %s', async (type) => {
    rig = await ApiRig.start();
    expect((await rig.post(WRITE, LINE, { 'content-type': type })).status).toBe(200);
    expect(rig.writes[0]?.body.toString()).toBe(LINE);
  });

  it('takes chunked bodies, and none at all', async () => {
    rig = await ApiRig.start();
    const body = Readable.toWeb(Readable.from([LINE, LINE])) as ReadableStream;
    const chunked = { method: 'POST', body, duplex: 'half' };
    expect((await fetch(rig.url + WRITE, chunked as RequestInit)).status).toBe(200);
    expect((await fetch(rig.url + WRITE, { method: 'POST' })).status).toBe(200);
    expect(rig.writes.map((write) => write.body.toString())).toEqual([LINE + LINE, '']);
  });

  it.each(['gzip', 'x-gzip', ' GZIP '])('unpacks Content-Encoding: %s', async (encoding) => {
    rig = await ApiRig.start();
    const long = LINE.repeat(10_000);
    expect((await rig.post(WRITE, gzipSync(long), { 'content-encoding': encoding })).status).toBe(200);
    expect(rig.writes[0]?.body.toString()).toBe(long);
  });

  it.each([
    ['no gzip', Buffer.from(LINE)],
    ['half a gzip', gzipSync(LINE).subarray(0, 30)],
  ])('refuses %s', async (_what, body) => {
    rig = await ApiRig.start();
    const answer = await answerOf(await rig.post(WRITE, body, { 'content-encoding': 'gzip' }));
    expect(answer).toEqual(json(400, 'Bad Request', 'the body is no gzip, or not all of it'));
    expect(rig.writes).toEqual([]);
  });

  it.each(['br', 'deflate', 'gzip, gzip'])('refuses Content-Encoding: %s', async (encoding) => {
    rig = await ApiRig.start();
    expect(await answerOf(await rig.post(WRITE, LINE, { 'content-encoding': encoding }))).toMatchObject({
      status: 415,
      body: expect.stringMatching(/^\{"status":"Unsupported Media Type","error":".*gzip.*"\}\n$/) as string,
    });
  });

  it.each<[string, Error, number, string | null]>([
    ['D20: a syntax error', new LineProtocolError(2, 14, 'a field has no value'), 400, null],
    ['what the storage refuses', new StorageRefused('too long'), 400, null],
    ['a full intake', new IntakeFull(), 503, '1'],
    ['a storage that is away', new StorageUnavailable('the database does not answer'), 503, '1'],
  ])('%s is answered as such', async (_what, error, status, retryAfter) => {
    rig = await ApiRig.start();
    rig.onWrite = () => Promise.reject(error);
    const response = await rig.post(WRITE, LINE);
    const text = status === 400 ? 'Bad Request' : 'Service Unavailable';
    expect(response.headers.get('retry-after')).toBe(retryAfter);
    expect(await answerOf(response)).toEqual(json(status, text, error.message));
  });
});
