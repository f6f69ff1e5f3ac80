import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { BadQuery } from '../query/index.js';
import { ApiRig, STATS } from './api-rig.fixture.js';

const QUERY = '{"cluster":"tc","queries":[]}';
const ANSWER = '{"results":[[{"data":[{"Event":"ü","timestamp":1}],"from":0,"to":2}]]}';

let rig: ApiRig;
afterEach(() => rig.end());

const withBody = (method: string, path: string, body: string, headers = '') =>
  `${method} ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${headers}Content-Length: ${body.length}\r\n\r\n${body}`;

describe('/api/query', () => {
  it.each(['/api/query', '/api/query/', '/api/query/anything'])(
    'GET %s takes its question from the body, with or without a Content-Type',
    async (path) => {
      rig = await ApiRig.start();
      rig.onQuery = async () => ANSWER;
      for (const type of ['', 'Content-Type: application/json\r\n', 'Content-Type: ;;\r\n']) {
        const answer = await rig.exchange(withBody('GET', path, QUERY, type));
        expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
        expect(answer).toMatch(/^content-type: application\/json\r$/im);
        expect(Buffer.from(answer.split('\r\n\r\n')[1]!, 'latin1').toString()).toBe(ANSWER);
      }
      expect(rig.queries).toEqual([QUERY, QUERY, QUERY]);
    },
  );

  it('takes the same by POST', async () => {
    rig = await ApiRig.start();
    rig.onQuery = async () => ANSWER;
    const response = await rig.post('/api/query/', QUERY);
    expect(await response.text()).toBe(ANSWER);
    expect(rig.queries).toEqual([QUERY]);
  });

  it('HEAD answers the header alone', async () => {
    rig = await ApiRig.start();
    rig.onQuery = async () => ANSWER;
    const answer = await rig.exchange(withBody('HEAD', '/api/query/', QUERY));
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(answer).toContain(`content-length: ${Buffer.byteLength(ANSWER)}\r\n`);
    expect(answer.split('\r\n\r\n')[1]).toBe('');
    expect(rig.queries).toEqual([QUERY]);
  });

  it('D7: answers once, and goes on, when a query cannot be understood or there is no body', async () => {
    rig = await ApiRig.start();
    rig.onQuery = () => Promise.reject(new BadQuery('failed to parse API request: EOF'));
    const wire = await rig.connect();
    wire.send('GET /api/query/ HTTP/1.1\r\nHost: a\r\n\r\n');
    wire.send(withBody('GET', '/api/query/', '{'));
    const answers = await wire.closed;
    const body = '{"status":"Bad Request","error":"failed to parse API request: EOF"}\n';
    expect(answers.match(/HTTP\/1\.1 400 Bad Request/g)).toHaveLength(2);
    expect(answers.split(body)).toHaveLength(3);
    expect(rig.queries).toEqual(['', '{']);
  });

  it('takes a MiB and no more', async () => {
    rig = await ApiRig.start();
    expect((await rig.post('/api/query/', ' '.repeat(1_048_576))).status).toBe(200);
    expect((await rig.post('/api/query/', ' '.repeat(1_048_577))).status).toBe(413);
    expect(rig.queries).toHaveLength(1);
  });

  it('a fault of ours is in the log under an id, and nothing else is shown', async () => {
    const lines: string[] = [];
    rig = await ApiRig.start({}, {}, pino({}, { write: (line: string) => void lines.push(line) }));
    rig.onQuery = () => Promise.reject(new Error('relation "secret" does not exist'));
    const response = await rig.post('/api/query/?token=marked', QUERY);
    const { status, error } = (await response.json()) as { status: string; error: string };
    expect([response.status, status]).toEqual([500, 'Internal Server Error']);
    expect(error).not.toContain('relation');
    const id = /[0-9a-v]{20}/.exec(error)?.[0];
    const logged = lines.filter((line) => line.includes(`"errorId":"${id}"`));
    expect(logged).toHaveLength(1);
    expect(logged[0]).toContain('relation');
    expect(lines.join('')).not.toContain('marked');
  });
});

describe('/api/stats', () => {
  it.each(['/api/stats', '/api/stats/', '/api/stats/anything'])(
    'D21: %s is JSON and says so',
    async (path) => {
      rig = await ApiRig.start();
      const response = await fetch(rig.url + path, { redirect: 'error' });
      expect(response.headers.get('content-type')).toBe('application/json');
      expect(await response.json()).toEqual(STATS);
      const head = await fetch(rig.url + path, { method: 'HEAD' });
      expect(head.headers.get('content-length')).toBe(String(JSON.stringify(STATS).length));
    },
  );
});

describe('other paths', () => {
  it.each([
    ['GET', '/api/write/?cluster=a', 'POST'],
    ['PUT', '/api/write', 'POST'],
    ['DELETE', '/api/query/x', 'GET, HEAD, POST'],
    ['POST', '/api/stats/', 'GET, HEAD'],
    ['OPTIONS', '/api/stats', 'GET, HEAD'],
    ['PROPFIND', '/api/stats', 'GET, HEAD'],
    ['POST', '/health/live', 'GET, HEAD'],
  ])('%s %s is not allowed, and what is allowed is said', async (method, path, allowed) => {
    rig = await ApiRig.start();
    const response = await fetch(rig.url + path, { method });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe(allowed);
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(await response.text()).toBe('Method Not Allowed\n');
  });

  it.each([
    ['GET', '/'],
    ['POST', '/api/writer/?cluster=a'],
    ['POST', '/API/write/?cluster=a'],
    ['GET', '/swagger/index.html'],
    ['PROPFIND', '/nowhere'],
  ])('there is no %s %s', async (method, path) => {
    rig = await ApiRig.start();
    const response = await fetch(rig.url + path, { method, ...(method === 'POST' ? { body: 'a' } : {}) });
    expect([response.status, await response.text()]).toEqual([404, '404 page not found\n']);
  });

  it('says whether it lives and whether it can store', async () => {
    rig = await ApiRig.start();
    expect((await fetch(`${rig.url}/health/live`)).status).toBe(200);
    expect(await (await fetch(`${rig.url}/health/ready`)).json()).toEqual({ status: 'ready' });
    rig.isReady = false;
    expect((await fetch(`${rig.url}/health/ready`)).status).toBe(503);
    expect((await fetch(`${rig.url}/health/live`, { method: 'HEAD' })).status).toBe(200);
  });
});
