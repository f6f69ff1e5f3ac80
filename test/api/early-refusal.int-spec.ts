import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MAX_OPEN_BODY_BYTES } from '../../libs/rest/index.js';
import { startApiApp, type ApiApp } from './api-app.js';
import { ApiClient } from './api-client.js';
import { RawConnection, readAnswer } from './raw-connection.js';

const MANY_BYTES = 1_000_000;

let api: ApiApp;
let client: ApiClient;
let url: string;
let path: string;
let ingestToken: string;

beforeAll(async () => {
  api = await startApiApp();
  client = new ApiClient(api.app);
  await client.signIn();
  ({ path } = await client.tenant());
  ingestToken = (await client.call('POST', `/hub/v1/${path}/ingest-tokens`, { label: 'job' })).json.token;
  await api.app.listen(0, '127.0.0.1');
  url = await api.app.getUrl();
});
afterAll(() => api.close());

/** The answer to a request of which one byte of the body has come, and no more will. */
async function answerTo(target: string, authorization: string): Promise<ReturnType<typeof readAnswer>> {
  const header = authorization === '' ? '' : `Authorization: ${authorization}\r\n`;
  const connection = await RawConnection.open(url);
  connection.send(
    `${target} HTTP/1.1\r\nHost: hub\r\nContent-Type: application/json\r\n${header}Content-Length: ${MANY_BYTES}\r\n\r\n{`,
  );
  return readAnswer((await connection.ended).text);
}

describe('of a request whose body has not come', () => {
  it.each([
    ['without a token', '', 'no access token'],
    ['with a malformed header', 'Basic YTpi', 'malformed'],
    ['with what is no token', 'Bearer abc', 'malformed'],
    ['with an unknown ingest token', 'Bearer spi_unknown', 'unknown or revoked'],
  ])('%s the caller is told so at once', async (_what, authorization, reason) => {
    const { status, head, body } = await answerTo(`POST /hub/v1/${path}/notifications`, authorization);
    expect([status, body.detail]).toEqual([401, expect.stringContaining(reason)]);
    expect(head).toContain('content-type: application/problem+json');
    expect(head).toContain('connection: close');
  });

  it('to no route the caller is told so at once', async () => {
    expect((await answerTo('POST /nowhere', '')).status).toBe(404);
  });

  it.each(['/oauth/token', '/mfa/challenge', '/hub/v1/invites/accept'])(
    'to %s, where strangers come, no more than a little is read',
    async (target) => {
      expect((await answerTo(`POST ${target}`, '')).status).toBe(413);
      const body = { text: 'a'.repeat(MAX_OPEN_BODY_BYTES) };
      expect((await client.call('POST', target, body)).status).toBe(413);
    },
  );
});

it('whoever has a token sends large bodies, and keeps the connection', async () => {
  const body = { message: 'a', ignored: 'a'.repeat(MAX_OPEN_BODY_BYTES * 2) };
  for (const authorization of [client.headers['authorization'] ?? '', `Bearer ${ingestToken}`]) {
    const answer = await client.call('POST', `/hub/v1/${path}/notifications`, body, { authorization });
    expect(answer.status).toBe(202);
    expect(answer.headers['connection']).not.toBe('close');
  }
});
