import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startApiApp, type ApiApp } from './api-app.js';
import { ApiClient } from './api-client.js';
import { RawConnection } from './raw-connection.js';

const MARK = 'planted-in-a-request';
const DEADLINES = {
  headersMs: 200,
  requestMs: 300,
  checkIntervalMs: 50,
  keepAliveMs: 400,
  inactivityMs: 2_000,
};

let log = '';
let api: ApiApp;
let client: ApiClient;

beforeAll(async () => {
  const logger = pino({ level: 'trace' }, { write: (line: string) => void (log += line) });
  api = await startApiApp({ logger, http: { deadlines: DEADLINES } });
  client = new ApiClient(api.app);
  await client.signIn();
  await api.app.listen(0, '127.0.0.1');
});
afterAll(() => api.close());

it('logs nothing of what a caller sends but method and route, at any level', async () => {
  const { path } = await client.tenant();
  const integrations = `/integrate/v1/${path}/integrations`;
  const data = { sink: 'slack', channelId: MARK, token: `xoxb-${MARK}` };
  await client.call('GET', `${integrations}?limit=${MARK}`);
  await client.call('GET', `/nowhere/${MARK}?token=${MARK}`);
  await client.call('GET', `${integrations}/${MARK}`);
  await client.call('GET', `/hub/v1/%zz${MARK}`);
  await client.call('POST', integrations, { description: MARK, data });
  await client.call('POST', integrations, `{"data":"${MARK}`);
  await client.call('POST', integrations, MARK, { 'content-type': MARK });
  await client.call('GET', integrations, undefined, { authorization: `Bearer ${MARK}`, cookie: MARK });
  await client.call('POST', '/oauth/token', { grant_type: 'refresh_token', refresh_token: MARK });
  await client.call('POST', '/oauth/token', { grant_type: 'password', username: MARK, password: MARK });
  const url = await api.app.getUrl();
  await RawConnection.exchange(url, `${MARK} /\r\n\r\n`);
  const head = 'Host: hub\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n';
  await RawConnection.exchange(url, `POST /oauth/token HTTP/1.1\r\n${head}{"a":"${MARK}`);
  expect(log).toContain('"event":"request.answered"');
  expect(log).toContain('/integrations/:integrationId');
  expect(log).not.toContain(MARK);
});

it('takes a caller that goes away, or is cut, for no fault of its own', () => {
  expect(log).not.toContain('request.failed');
});
