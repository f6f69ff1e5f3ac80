import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OpsGenieStandIn } from './index.js';

describe('the stand-in for OpsGenie', () => {
  let opsGenie: OpsGenieStandIn;

  beforeEach(async () => {
    opsGenie = new OpsGenieStandIn();
    await opsGenie.start();
  });
  afterEach(() => opsGenie.stop());

  const get = async (path: string, authorization = 'GenieKey k') => {
    const answer = await fetch(`${opsGenie.url}${path}`, { headers: { authorization } });
    return { status: answer.status, headers: answer.headers, body: await answer.json() };
  };

  it('looks at who asks before what is asked', async () => {
    expect((await get('/v2/alerts/requests/r')).status).toBe(401);
    opsGenie.addKey('k');
    expect((await get('/v2/alerts/requests/r', 'Bearer k')).status).toBe(401);
    const answer = await get('/v2/alerts/requests/r');
    expect([answer.status, answer.headers.get('x-opsgenie-errortype')]).toEqual([404, 'RequestNotProcessed']);
    expect(answer.body).toMatchObject({ requestId: expect.any(String), took: expect.any(Number) });
    expect((await get('/v2/teams')).status).toBe(404);
  });

  it('is controlled by other processes', async () => {
    const post = (name: string, body: object) =>
      fetch(`${opsGenie.url}/_control/${name}`, { method: 'POST', body: JSON.stringify(body) });
    await post('keys', { key: 'k', rights: [] });
    expect(await get('/v2/alerts/requests/r')).toMatchObject({ status: 403, body: { code: 40301 } });
    await post('faults', { fault: { kind: 'answer', status: 429, body: {} } });
    expect((await get('/v2/alerts/requests/r')).status).toBe(429);
    expect((await post('faults', { fault: { kind: 'earthquake' } })).status).toBe(400);
  });
});
