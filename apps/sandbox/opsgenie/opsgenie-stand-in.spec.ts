import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OpsGenieStandIn } from './index.js';

describe('the stand-in for OpsGenie', () => {
  let opsGenie: OpsGenieStandIn;

  beforeEach(async () => {
    opsGenie = new OpsGenieStandIn();
    await opsGenie.start();
    opsGenie.addKey('k');
  });
  afterEach(() => opsGenie.stop());

  const call = async (method: string, path: string, body?: object, authorization = 'GenieKey k') => {
    const answer = await fetch(`${opsGenie.url}${path}`, {
      method,
      headers: { authorization, 'content-type': 'application/json' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    return { status: answer.status, headers: answer.headers, body: (await answer.json()) as any };
  };
  const get = (path: string, authorization?: string) => call('GET', path, undefined, authorization);
  const alerts = '/v2/alerts';
  const of = (alias: string, verb: string) => `${alerts}/${alias}/${verb}?identifierType=alias`;
  /** Sends it and resolves with the status of the request, undefined while there is none. */
  const send = async (path: string, body: object) => {
    const { requestId } = (await call('POST', path, body)).body;
    return async () => (await get(`${alerts}/requests/${requestId}`)).body.data;
  };
  const create = (alias: string) => send(alerts, { message: 'm', alias });
  const control = (name: string, body: object) =>
    fetch(`${opsGenie.url}/_control/${name}`, { method: 'POST', body: JSON.stringify(body) });

  it('looks at who asks before what is asked', async () => {
    expect((await get('/v2/alerts/requests/r', 'GenieKey other')).status).toBe(401);
    expect((await get('/v2/alerts/requests/r', 'Bearer k')).status).toBe(401);
    const answer = await get('/v2/alerts/requests/r');
    expect([answer.status, answer.headers.get('x-opsgenie-errortype')]).toEqual([404, 'RequestNotProcessed']);
    expect(answer.body).toMatchObject({ requestId: expect.any(String), took: expect.any(Number) });
    expect((await get('/v2/teams')).status).toBe(404);
    opsGenie.addKey('k', { rights: ['read'] });
    expect(await call('POST', alerts, { message: 'm', alias: 'a' })).toMatchObject({
      status: 403,
      body: { code: 40301 },
    });
  });

  it('counts an alert up while it is open, and makes another one when it is closed', async () => {
    for (let time = 1; time <= 2; time += 1) await create('a');
    expect(opsGenie.alerts).toMatchObject([{ alias: 'a', status: 'open', count: 2 }]);
    await send(of('a', 'notes'), { note: 'n' });
    const closed = await send(of('a', 'close'), { note: 'over' });
    expect(await closed()).toMatchObject({ isSuccess: true, action: 'Close', status: 'Closed alert' });
    await create('a');
    expect(opsGenie.alerts).toMatchObject([
      { status: 'closed', notes: [{ note: 'n' }, { note: 'over' }] },
      { status: 'open', count: 1, notes: [] },
    ]);
  });

  it('finds by its alias only an open alert', async () => {
    await create('a/b?c');
    const path = `${alerts}/${encodeURIComponent('a/b?c')}`;
    expect((await get(`${path}?identifierType=alias`)).body.data).toMatchObject({ status: 'open', count: 1 });
    opsGenie.account.closeByHand('a/b?c');
    expect((await get(`${path}?identifierType=alias`)).status).toBe(404);
    expect((await get(`${alerts}/${opsGenie.alerts[0]!.id}`)).body.data).toMatchObject({ status: 'closed' });
    const noted = await send(`${path}/notes?identifierType=alias`, { note: 'n' });
    expect(await noted()).toMatchObject({ isSuccess: false, status: 'Alert does not exist' });
  });

  it.each([
    [{ message: 'x'.repeat(131), alias: 'a' }, 'message'],
    [{ message: ' ', alias: 'a' }, 'message'],
    [{ message: 'm', alias: 'x'.repeat(513) }, 'alias'],
    [{ message: 'm', alias: 'a', description: '' }, 'description'],
    [{ message: 'm', alias: 'a', tags: Array.from({ length: 21 }, String) }, 'tags'],
    [{ message: 'm', alias: 'a', details: { k: 'x'.repeat(8_000) } }, 'details'],
    [{ message: 'm', alias: 'a', priority: 'P0' }, 'priority'],
  ])('refuses %j for its %s', async (body, member) => {
    const answer = await call('POST', alerts, body);
    expect([answer.status, Object.keys(answer.body.errors)]).toEqual([422, [member]]);
    expect(opsGenie.alerts).toEqual([]);
  });

  it('counts characters, not bytes or halves of them', async () => {
    expect((await call('POST', alerts, { message: '🔥'.repeat(130), alias: 'a' })).status).toBe(202);
  });

  it('has no verdict until it has processed the request, and lets a close overtake a create', async () => {
    await control('processing', { held: true });
    const [created, closed] = [await create('a'), await send(of('a', 'close'), {})];
    expect([await created(), await closed(), opsGenie.alerts.length]).toEqual([undefined, undefined, 0]);
    await control('processing', { held: false, delayMs: { create: 60 } });
    expect([(await created()).isSuccess, (await closed()).isSuccess]).toEqual([true, true]);
    const [late, early] = [await create('b'), await send(of('b', 'close'), {})];
    expect((await early()).status).toBe('Alert does not exist');
    await expect.poll(async () => (await late())?.status, { timeout: 2_000 }).toBe('Created alert');
  });

  it('takes what it will not do', async () => {
    await control('verdicts', { action: 'create', status: 'No such team' });
    expect(await (await create('a'))()).toMatchObject({ isSuccess: false, status: 'No such team' });
    expect(await (await create('a'))()).toMatchObject({ isSuccess: true });
  });

  it('speaks JSM Operations’ integration events, in which no alert can be looked at', async () => {
    const jsm = `/jsm/ops/integration${alerts}`;
    await send(jsm, { message: 'm', alias: 'a' });
    expect(opsGenie.alerts).toMatchObject([{ alias: 'a', api: 'jsm', key: 'k' }]);
    expect((await get(`${jsm}/a?identifierType=alias`)).status).toBe(404);
    expect((await get(`${jsm}/requests/r`)).headers.get('x-opsgenie-errortype')).toBe('RequestNotProcessed');
  });

  it('refuses as JSM’s gateway does what that does not know, and its question for a status when told to', async () => {
    const jsm = `/jsm/ops/integration${alerts}`;
    const unknown = { code: 404, message: 'HTTP 404 Not Found' };
    expect(await get(`${jsm}/a`)).toMatchObject({ status: 404, body: unknown });
    expect((await get(`${jsm}/a`)).body).not.toHaveProperty('requestId');
    expect(await get(`${jsm}/requests/r`, 'GenieKey other')).toMatchObject({
      status: 401,
      body: { code: 401, message: 'Unauthorized' },
    });
    await control('rules', { jsmTellsStatus: false });
    expect((await get(`${jsm}/requests/r`)).body).toEqual(unknown);
    expect((await get(`${alerts}/requests/r`)).body).toHaveProperty('requestId');
    opsGenie.reset();
    opsGenie.addKey('k', { api: 'jsm' });
    expect((await get(`${jsm}/requests/r`)).body).toHaveProperty('requestId');
    expect((await get(`${alerts}/requests/r`)).status).toBe(401);
  });

  it('refuses what is no key before it looks for it, where keys are strict', async () => {
    await control('rules', { strictKeys: true });
    const body = {
      message: 'Key format is not valid!',
      took: expect.any(Number),
      requestId: expect.any(String),
    };
    expect(await get(`${alerts}/requests/r`)).toMatchObject({ status: 422, body });
    const key = '8e2b5a7c-0123-4567-89ab-0123456789ab';
    expect((await get(`${alerts}/requests/r`, `GenieKey ${key}`)).status).toBe(401);
    await control('keys', { key });
    expect((await get(`${alerts}/requests/r`, `GenieKey ${key}`)).status).toBe(404);
  });

  it('lets a request land whose answer is lost', async () => {
    opsGenie.faults.next('create', { kind: 'drop', landed: true });
    await expect(create('a')).rejects.toThrow();
    opsGenie.faults.next('create', { kind: 'drop' });
    await expect(create('b')).rejects.toThrow();
    expect(opsGenie.alerts.map(({ alias }) => alias)).toEqual(['a']);
  });

  it('is controlled by other processes', async () => {
    await create('a');
    await control('close', { alias: 'a' });
    await control('reopen', { alias: 'a' });
    expect(opsGenie.alerts.map(({ status }) => status)).toEqual(['closed', 'open']);
    expect((await control('close', { alias: 'z' })).status).toBe(400);
    await control('keys', { key: 'k', rights: [] });
    expect(await get('/v2/alerts/requests/r')).toMatchObject({ status: 403, body: { code: 40301 } });
    await control('faults', { fault: { kind: 'answer', status: 429, body: {} } });
    expect((await get('/v2/alerts/requests/r')).status).toBe(429);
    expect((await control('faults', { fault: { kind: 'earthquake' } })).status).toBe(400);
  });
});
