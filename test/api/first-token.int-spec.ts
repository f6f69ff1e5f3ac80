import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Bootstrap } from '../../libs/identity/index.js';
import { startApiApp, type ApiApp } from './api-app.js';
import { ApiClient } from './api-client.js';

let api: ApiApp;

beforeAll(async () => {
  api = await startApiApp({ environment: { SPILLWAY_BOOTSTRAP_TOKEN: '' } });
});
afterAll(() => api.close());

describe('the first token', () => {
  it('is made once, however many hubs start at the same time, and works', async () => {
    const bootstrap = api.app.get(Bootstrap);
    const tokens = await Promise.all([1, 2, 3, 4].map(() => bootstrap.makeFirstToken()));
    const made = tokens.filter((token) => token !== undefined);
    expect(made).toHaveLength(1);
    expect(await bootstrap.makeFirstToken()).toBeUndefined();
    const grant = { grant_type: 'refresh_token', client_id: 'spillway', refresh_token: made[0] };
    const answer = await new ApiClient(api.app).call('POST', '/oauth/token', grant);
    expect(answer.status).toBe(200);
  });
});

describe('after the built-in operator was deactivated', () => {
  it('no token is made that would open nothing', async () => {
    await api.database.query('UPDATE refresh_tokens SET revoked_at = now()');
    await api.database.query('UPDATE accounts SET active = false');
    expect(await api.app.get(Bootstrap).makeFirstToken()).toBeUndefined();
    await api.database.query('UPDATE accounts SET active = true');
    expect(await api.app.get(Bootstrap).makeFirstToken()).toMatch(/^spw_/);
  });
});

describe('a hub whose database is away', () => {
  it('is alive, but not ready', async () => {
    const client = new ApiClient(api.app);
    await api.database.dataSource.destroy();
    expect((await client.call('GET', '/health/live')).status).toBe(200);
    const answer = await client.call('GET', '/health/ready');
    expect([answer.status, answer.json.instance]).toEqual([503, '/health/ready']);
    await api.database.dataSource.initialize();
    expect((await client.call('GET', '/health/ready')).status).toBe(200);
  });
});
