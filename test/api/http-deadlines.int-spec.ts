import { once } from 'node:events';
import type { Socket } from 'node:net';
import { Controller, Get } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HTTP_DEADLINES, Public } from '../../libs/rest/index.js';
import { startApiApp, type ApiApp } from './api-app.js';
import { ApiClient } from './api-client.js';
import { RawConnection, readAnswer } from './raw-connection.js';

const DEADLINES = {
  headersMs: 300,
  requestMs: 600,
  checkIntervalMs: 50,
  keepAliveMs: 400,
  inactivityMs: 1_500,
};
/** Node adds a second of its own to the keep-alive timeout that it announces. */
const KEEP_ALIVE_GRACE_MS = 1_000;
const SLACK_MS = 400;

@Public()
@Controller('long')
class LongController {
  /** More than fits into the buffers of both sides. */
  @Get()
  read() {
    return { text: 'a'.repeat(32 * 1_048_576) };
  }
}

let api: ApiApp;
let url: string;

beforeAll(async () => {
  api = await startApiApp({ http: { deadlines: DEADLINES }, controllers: [LongController] });
  await api.app.listen(0, '127.0.0.1');
  url = await api.app.getUrl();
});
afterAll(() => api.close());

const BEGUN = 'POST /oauth/token HTTP/1.1\r\nHost: hub\r\n';
const JSON_BODY = 'Content-Type: application/json\r\n';

const expectTimeout = ({ text, afterMs }: { text: string; afterMs: number }, deadlineMs: number): void => {
  const { status, head, body } = readAnswer(text);
  expect(status).toBe(408);
  expect(head).toContain('content-type: application/problem+json');
  expect(body).toEqual({
    type: 'about:blank',
    title: 'Request Timeout',
    status: 408,
    detail: 'The request did not arrive in time.',
    instance: '/',
  });
  expect(afterMs).toBeGreaterThan(deadlineMs - 50);
  expect(afterMs).toBeLessThan(deadlineMs + DEADLINES.checkIntervalMs + SLACK_MS);
};

describe('a caller that takes its time', () => {
  it('with its header is cut, however busily it drips', async () => {
    const connection = await RawConnection.open(url);
    connection.send(BEGUN);
    expectTimeout(await connection.drip('X-Padding: a\r\n', 20), DEADLINES.headersMs);
  });

  it('with the length that it announced is cut', async () => {
    const connection = await RawConnection.open(url);
    connection.send(`${BEGUN}${JSON_BODY}Content-Length: 60000\r\n\r\n{`);
    expectTimeout(await connection.drip(' ', 20), DEADLINES.requestMs);
  });

  it('with the chunks of its body is cut', async () => {
    const connection = await RawConnection.open(url);
    connection.send(`${BEGUN}${JSON_BODY}Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n`);
    expectTimeout(await connection.drip('1\r\n \r\n', 20), DEADLINES.requestMs);
  });

  it('and sends less than its Content-Length says is cut', async () => {
    const connection = await RawConnection.open(url);
    connection.send(`${BEGUN}${JSON_BODY}Content-Length: 20\r\n\r\n{}`);
    expectTimeout(await connection.ended, DEADLINES.requestMs);
  });

  it('and sends the rest after its deadline is not served any more', async () => {
    const client = new ApiClient(api.app);
    await client.signIn();
    const organizations = async () => (await client.call('GET', '/resources/v1/organizations')).json;
    const before = await organizations();
    const connection = await RawConnection.open(url, { goesOn: true });
    connection.send(
      `POST /resources/v1/organizations HTTP/1.1\r\nHost: hub\r\n${JSON_BODY}` +
        `Authorization: ${client.headers['authorization']}\r\nContent-Length: 15\r\n\r\n{"name":"late"`,
    );
    await connection.answered;
    expect(readAnswer((await connection.drip('}', 20)).text).status).toBe(408);
    expect(await organizations()).toEqual(before);
  });

  it('and sends nothing at all is cut', async () => {
    const connection = await RawConnection.open(url);
    expectTimeout(await connection.ended, DEADLINES.headersMs);
  });

  it('between two requests is let go, without an answer to nothing', async () => {
    const connection = await RawConnection.open(url);
    connection.send('GET /health/live HTTP/1.1\r\nHost: hub\r\n\r\n');
    const { text, afterMs } = await connection.ended;
    expect(readAnswer(text)).toMatchObject({ status: 200, body: { status: 'live' } });
    expect(afterMs).toBeLessThan(DEADLINES.keepAliveMs + KEEP_ALIVE_GRACE_MS + SLACK_MS);
  });

  it('and does not read its answer is cut', async () => {
    const connecting = once(api.app.getHttpServer(), 'connection');
    const connection = await RawConnection.open(url);
    const [served] = (await connecting) as [Socket];
    connection.stopReading();
    const begunAt = performance.now();
    connection.send('GET /long HTTP/1.1\r\nHost: hub\r\n\r\n');
    await once(served, 'close');
    const afterMs = performance.now() - begunAt;
    expect(served.bytesWritten).toBeGreaterThan(0);
    expect(afterMs).toBeGreaterThan(DEADLINES.inactivityMs - 50);
    connection.destroy();
  });

  it('holds up nobody else', async () => {
    const slow = await Promise.all(Array.from({ length: 50 }, () => RawConnection.open(url)));
    for (const connection of slow) connection.send(BEGUN);
    const begunAt = performance.now();
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    expect(performance.now() - begunAt).toBeLessThan(DEADLINES.headersMs);
    for (const connection of slow) expectTimeout(await connection.ended, DEADLINES.headersMs);
  });
});

it('the real deadlines are checked often enough to mean something', () => {
  const { headersMs, requestMs, checkIntervalMs, keepAliveMs, inactivityMs } = HTTP_DEADLINES;
  expect([headersMs, requestMs]).toEqual([10_000, 30_000]);
  expect(checkIntervalMs).toBeLessThanOrEqual(5_000);
  expect(keepAliveMs).toBeGreaterThan(60_000);
  expect(inactivityMs).toBe(120_000);
});
