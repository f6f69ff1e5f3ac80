import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OpsGenieStandIn } from '../../../apps/sandbox/opsgenie/index.js';
import { OpsGenieClient } from './ops-genie.client.js';
import { serviceOf } from './ops-genie.service.js';

const SIGNAL = new AbortController().signal;

describe('the services that speak OpsGenie’s API', () => {
  it.each([
    ['opsgenie', undefined, 'https://api.opsgenie.com'],
    ['opsgenie-eu', undefined, 'https://api.eu.opsgenie.com'],
    ['jsm', undefined, 'https://api.atlassian.com/jsm/ops/integration'],
    ['opsgenie-eu', 'http://proxy.example/', 'http://proxy.example'],
    ['jsm', 'http://proxy.example/genie/', 'http://proxy.example/genie/jsm/ops/integration'],
  ] as const)('%s with the operator’s %s is at %s', (target, apiUrl, url) => {
    expect(serviceOf(target, apiUrl).url).toBe(url);
  });
});

describe('the client', () => {
  let opsGenie: OpsGenieStandIn;
  const client = (key = 'k') => new OpsGenieClient(key, serviceOf('opsgenie', opsGenie.url));

  beforeEach(async () => {
    opsGenie = new OpsGenieStandIn();
    await opsGenie.start();
    opsGenie.addKey('k');
    opsGenie.addKey('other');
  });
  afterEach(() => opsGenie.stop());

  it('keeps the keys of many apart, however many call at once', async () => {
    const keys = ['k', 'other', 'k', 'other', 'k', 'other'];
    const create = (key: string) =>
      client(key).post('/v2/alerts', { message: key, alias: `${key}-alias` }, SIGNAL);
    await Promise.all(keys.map(create));
    expect(opsGenie.alerts).toHaveLength(2);
    for (const { key, message, count } of opsGenie.alerts) expect([key, count]).toEqual([message, 3]);
  });

  it('follows no redirect: the key would go along', async () => {
    opsGenie.faults.next('*', { kind: 'redirect', location: 'http://127.0.0.1:9/' });
    expect(await client().get('/v2/alerts/requests/r', SIGNAL)).toMatchObject({ answer: { status: 302 } });
  });

  it('reads what the headers say', async () => {
    const headers = {
      'x-ratelimit-state': 'THROTTLED',
      'x-ratelimit-period-in-sec': '1',
      'x-opsgenie-errortype': 'RequestNotProcessed',
    };
    opsGenie.faults.next('*', { kind: 'answer', status: 404, headers, body: 'none' });
    expect(await client().get('/v2/alerts/requests/r', SIGNAL)).toEqual({
      answer: expect.objectContaining({
        isThrottled: true,
        periodSeconds: 1,
        errorType: 'RequestNotProcessed',
        form: 'foreign',
        text: 'none',
      }),
    });
  });

  it('takes the request’s id from the header where the body has none', async () => {
    const headers = { 'x-request-id': 'of-the-header' };
    for (const [body, requestId, form] of [
      [{ requestId: 'of-the-body' }, 'of-the-body', 'own'],
      [{ result: 'Request will be processed' }, 'of-the-header', 'foreign'],
    ] as const) {
      opsGenie.faults.next('*', { kind: 'answer', status: 202, headers, body });
      expect(await client().post('/v2/alerts', {}, SIGNAL)).toMatchObject({ answer: { requestId, form } });
    }
  });

  it('tells OpsGenie’s own refusals from a gateway’s', async () => {
    for (const [body, form] of [
      [{ message: 'm', requestId: 'r' }, 'own'],
      [{ code: 404, message: 'HTTP 404 Not Found' }, 'gateway'],
      [{ error: 'm' }, 'foreign'],
    ] as const) {
      opsGenie.faults.next('*', { kind: 'answer', status: 404, body });
      expect(await client().get('/v2/alerts', SIGNAL)).toMatchObject({ answer: { form } });
    }
  });

  it('says whether a request was begun', async () => {
    const over = await client().get('/v2/alerts/requests/r', AbortSignal.abort());
    expect(over).toMatchObject({ begun: false });
    opsGenie.faults.next('*', { kind: 'drop' });
    expect(await client().get('/v2/alerts/requests/r', SIGNAL)).toMatchObject({ begun: true });
  });

  it('reads no more of an answer than any of OpsGenie’s weighs', async () => {
    let sent = 0;
    const endless = createServer((_request, response) => {
      const pour = (): void => {
        while (!response.destroyed && response.write('x'.repeat(65_536))) sent += 65_536;
      };
      response.on('drain', pour);
      pour();
    });
    await new Promise<void>((resolve) => void endless.listen(0, '127.0.0.1', resolve));
    const { port } = endless.address() as AddressInfo;
    const reading = new OpsGenieClient('k', serviceOf('opsgenie', `http://127.0.0.1:${port}`));
    expect(await reading.get('/', SIGNAL)).toMatchObject({ answer: { status: 200, form: 'foreign' } });
    expect(sent).toBeLessThan(64 * 1_024 * 1_024);
    endless.closeAllConnections();
    endless.close();
  });
});
