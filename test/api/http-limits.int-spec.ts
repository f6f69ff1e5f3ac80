import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApiApp, type ApiApp } from './api-app.js';
import { ApiClient } from './api-client.js';
import { RawConnection, readAnswer } from './raw-connection.js';

let api: ApiApp;
let url: string;
let token: string;

beforeAll(async () => {
  api = await startApiApp();
  const client = new ApiClient(api.app);
  await client.signIn();
  token = client.headers['authorization']!;
  await api.app.listen(0, '127.0.0.1');
  url = await api.app.getUrl();
});
afterAll(() => api.close());

const exchange = async (request: string) => readAnswer(await RawConnection.exchange(url, request));
const ORGANIZATIONS = '/resources/v1/organizations';
const closing = 'Host: hub\r\nConnection: close\r\n';

/** The head of a creation of an organization, without the empty line at its end. */
const creation = (headers: string): string =>
  `POST ${ORGANIZATIONS} HTTP/1.1\r\n${closing}Authorization: ${token}\r\nContent-Type: application/json\r\n${headers}`;

function expectProblem(answer: ReturnType<typeof readAnswer>, status: number): void {
  expect(answer.status).toBe(status);
  expect(answer.head).toContain('content-type: application/problem+json');
  expect(answer.head).toContain('x-content-type-options: nosniff');
  const text: unknown = expect.any(String);
  expect(answer.body).toMatchObject({
    type: 'about:blank',
    status,
    title: text,
    detail: text,
    instance: text,
  });
}

describe('the header of a request', () => {
  it('may not be longer than 16 KiB', async () => {
    const request = `GET /health/live HTTP/1.1\r\n${closing}X-Long: ${'a'.repeat(20_000)}\r\n\r\n`;
    expectProblem(await exchange(request), 431);
  });

  it('may not have more than a hundred fields, also none that Node would drop in silence', async () => {
    const fields = (count: number) => Array.from({ length: count }, (_, at) => `X-${at}: a\r\n`).join('');
    expect((await exchange(`GET /health/live HTTP/1.1\r\n${closing}${fields(98)}\r\n`)).status).toBe(200);
    expectProblem(await exchange(`GET /health/live HTTP/1.1\r\n${closing}${fields(99)}\r\n`), 431);
    expectProblem(await exchange(`GET /health/live HTTP/1.1\r\n${closing}${fields(2_000)}\r\n`), 431);
  });

  it.each([
    ['without a Host', 'GET /health/live HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
    ['with two lengths', creation('Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}'), 400],
    ['with a length that is none', creation('Content-Length: two\r\n\r\n{}'), 400],
    ['with a negative length', creation('Content-Length: -1\r\n\r\n{}'), 400],
    ['with a length and chunks', creation('Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}'), 400],
    ['with an unknown coding', creation('Transfer-Encoding: gzip\r\n\r\n{}'), 400],
    ['with a blank in a name', `GET / HTTP/1.1\r\n${closing}X Y: a\r\n\r\n`, 400],
    ['with NUL in a value', `GET / HTTP/1.1\r\n${closing}X: a\0b\r\n\r\n`, 400],
    ['of another protocol', `GET / HTTP/3.7\r\n${closing}\r\n`, 400],
    ['with an expectation nobody can meet', creation('Expect: miracles\r\n\r\n'), 417],
  ])('%s is refused', async (_what, request, status) => {
    expectProblem(await exchange(request), status);
  });
});

describe('the body of a request', () => {
  const padded = (bytes: number): string => `{"name":"acme","padding":"${'a'.repeat(bytes - 29)}"} `;
  const chunked = (body: string): string =>
    [...body.matchAll(/[^]{1,65536}/g)]
      .map(([piece]) => `${piece.length.toString(16)}\r\n${piece}\r\n`)
      .join('') + '0\r\n\r\n';
  const LIMIT = 1_048_576;

  it('may have a MiB, however it comes', async () => {
    const body = padded(LIMIT);
    expect(body).toHaveLength(LIMIT);
    expect((await exchange(creation(`Content-Length: ${LIMIT}\r\n\r\n${body}`))).status).toBe(200);
    expect((await exchange(creation(`Transfer-Encoding: chunked\r\n\r\n${chunked(body)}`))).status).toBe(200);
  });

  it('may not have a byte more, however it comes', async () => {
    const body = padded(LIMIT + 1);
    expectProblem(await exchange(creation(`Content-Length: ${LIMIT + 1}\r\n\r\n${body}`)), 413);
    expectProblem(await exchange(creation(`Transfer-Encoding: chunked\r\n\r\n${chunked(body)}`)), 413);
  });

  it('that is announced as too long is refused before it is sent', async () => {
    expectProblem(await exchange(creation(`Content-Length: ${LIMIT + 1}\r\n\r\n`)), 413);
  });

  it('that is longer than its length says does not become the next request', async () => {
    const connection = await RawConnection.open(url);
    const smuggled = 'GET /health/live HTTP/1.1\r\nHost: hub\r\n\r\n';
    connection.send(creation(`Content-Length: 15\r\n\r\n{"name":"acme"}${smuggled}`));
    const { text } = await connection.ended;
    expect(text.match(/HTTP\/1\.1 /g)).toHaveLength(1);
  });

  it.each([
    ['may be kept', ''],
    ['is to be closed', 'Connection: close\r\n'],
  ])('is answered whatever nonsense follows, and ends a connection that %s', async (_what, connection) => {
    const request =
      `POST ${ORGANIZATIONS} HTTP/1.1\r\nHost: hub\r\n${connection}Authorization: ${token}\r\n` +
      'Content-Type: application/json\r\nContent-Length: 15\r\n\r\n{"name":"acme"}';
    const text = await RawConnection.exchange(url, `${request}\0\0nonsense\r\n\r\n`);
    const { status, head, body } = readAnswer(text);
    expect([status, body]).toEqual([200, { id: expect.any(String) }]);
    expect(head).toContain('connection: close');
  });

  it('with a broken chunk is refused, for it never arrives', async () => {
    expectProblem(await exchange(creation('Transfer-Encoding: chunked\r\n\r\nnonsense\r\n')), 400);
  });

  it('is asked for where the caller waits to be asked', async () => {
    const request = creation('Content-Length: 15\r\nExpect: 100-continue\r\n\r\n{"name":"acme"}');
    const text = await RawConnection.exchange(url, request);
    expect(text).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK/);
  });
});

describe('methods', () => {
  it.each([
    ['TRACE', 404],
    ['OPTIONS', 404],
    ['PROPFIND', 404],
    ['PATCH', 404],
    ['NONSENSE', 400],
    ['get', 400],
  ])('%s is refused', async (method, status) => {
    expectProblem(await exchange(`${method} /health/live HTTP/1.1\r\n${closing}\r\n`), status);
  });

  it('CONNECT opens no tunnel', async () => {
    const request = 'CONNECT db.internal:5432 HTTP/1.1\r\nHost: db.internal:5432\r\n\r\n';
    expectProblem(await exchange(request), 405);
  });

  it('HEAD is GET without the body', async () => {
    const answer = await exchange(`HEAD /health/live HTTP/1.1\r\n${closing}\r\n`);
    expect([answer.status, answer.body]).toEqual([200, undefined]);
  });

  it('an upgrade to another protocol is not taken up', async () => {
    const upgrade = 'Host: hub\r\nConnection: close, upgrade\r\nUpgrade: websocket\r\n';
    expect((await exchange(`GET /health/live HTTP/1.1\r\n${upgrade}\r\n`)).status).toBe(200);
  });
});

describe('connections', () => {
  it('are closed for callers that ask for it, as Terraform does', async () => {
    const { status, head } = await exchange(`GET /health/live HTTP/1.1\r\n${closing}\r\n`);
    expect(status).toBe(200);
    expect(head).toContain('connection: close');
  });

  it('serve HTTP/1.0, and end with the answer', async () => {
    expect((await exchange('GET /health/live HTTP/1.0\r\n\r\n')).body).toEqual({ status: 'live' });
  });

  it('serve several requests, one after another', async () => {
    const request = 'GET /health/live HTTP/1.1\r\nHost: hub\r\n\r\n';
    const last = `GET /nowhere HTTP/1.1\r\n${closing}\r\n`;
    const text = await RawConnection.exchange(url, request + request + last);
    expect([...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status)).toEqual([
      '200',
      '200',
      '404',
    ]);
  });
});

describe('targets', () => {
  it.each([
    ['the absolute form', `GET http://hub.example:80/health/live HTTP/1.1\r\n${closing}\r\n`, 200],
    ['the absolute form with a trailing ?', `GET http://h/health/live? HTTP/1.1\r\n${closing}\r\n`, 200],
    ['parameters with a trailing &', `GET /health/live?limit=5& HTTP/1.1\r\n${closing}\r\n`, 200],
    ['the asterisk form', `OPTIONS * HTTP/1.1\r\n${closing}\r\n`, 404],
    ['a path upwards', `GET /../../etc/passwd HTTP/1.1\r\n${closing}\r\n`, 404],
    ['an encoded path upwards', `GET /docs/..%2f..%2fpackage.json HTTP/1.1\r\n${closing}\r\n`, 404],
    ['half an escape', `GET /health/%z HTTP/1.1\r\n${closing}\r\n`, 400],
  ])('%s', async (_what, request, status) => {
    const answer = await exchange(request);
    if (status < 400) expect(answer.status).toBe(status);
    else expectProblem(answer, status);
  });
});
