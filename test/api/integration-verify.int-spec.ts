import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { OpsGenieStandIn } from '../../apps/sandbox/opsgenie/index.js';
import { SlackStandIn } from '../../apps/sandbox/slack/index.js';
import { waitUntil } from '../../libs/testing/index.js';
import { startApiApp, type ApiApp } from './api-app.js';
import { ApiClient } from './api-client.js';
import { callAs, person } from './people.js';

const TOKEN = 'xoxb-planted-token-abcd';
const OTHER_TOKEN = 'xoxb-planted-token-wxyz';
const SCOPES = ['chat:write', 'channels:read'];
const DATA = { sink: 'slack', source: 'issues', channelId: '#alerts', token: TOKEN };
const UNKNOWN_ID = '00000000000000000000';

let api: ApiApp;
let client: ApiClient;
const slack = new SlackStandIn();
const opsGenie = new OpsGenieStandIn();
let tenant: { organizationId: string; projectId: string; path: string };
let integrations: string;
let tests: string;

beforeAll(async () => {
  await Promise.all([slack.start(), opsGenie.start()]);
  const environment = { SLACK_API_URL: slack.apiUrl, OPSGENIE_API_URL: opsGenie.url };
  api = await startApiApp({ environment });
  client = new ApiClient(api.app);
  await client.signIn();
});
beforeEach(async () => {
  slack.reset();
  opsGenie.reset();
  slack.workspace.addToken(TOKEN, { scopes: SCOPES });
  slack.workspace.addChannel('alerts');
  tenant = await client.tenant();
  integrations = `/integrate/v1/${tenant.path}/integrations`;
  tests = `/hub/v1/${tenant.path}/integrations/test`;
});
afterAll(async () => {
  await api.close();
  await Promise.all([slack.stop(), opsGenie.stop()]);
});

const test = (body: unknown) => client.call('POST', tests, body);
const create = async (): Promise<string> => (await client.call('POST', integrations, { data: DATA })).json.id;
const rows = () => api.database.query('SELECT * FROM integrations ORDER BY id');
const deeds = async (): Promise<string[]> => {
  const found = await api.database.query<{ message: string }>(
    `SELECT message FROM audit_log WHERE project_id = $1 AND action = 'integration.tested' ORDER BY seq`,
    [tenant.projectId],
  );
  return found.map(({ message }) => message);
};

describe('a test before saving', () => {
  it('says what was found, stores nothing but that it was made, and leaves nothing at the sink', async () => {
    const before = await rows();
    const answer = await test({ data: DATA });
    expect(answer).toMatchObject({ status: 200, json: { ok: true, findings: expect.any(Array) } });
    expect(answer.json.findings.join(' ')).toContain('The app is in the channel.');
    expect(await rows()).toEqual(before);
    expect(await deeds()).toEqual(['An unsaved integration with Slack was tested and passed']);
    const { id } = slack.workspace.addChannel('other');
    expect(slack.workspace.visibleMessages(id)).toEqual([]);
  });

  it('names the scope that the token lacks', async () => {
    slack.workspace.addToken(OTHER_TOKEN, { scopes: ['channels:read'] });
    const answer = await test({ data: { ...DATA, token: OTHER_TOKEN } });
    expect(answer.status).toBe(400);
    expect(answer.json.fields['findings[1]']).toBe(
      'The token lacks the scope chat:write (it has channels:read): add it to the Slack app and install the app again.',
    );
  });

  it('names the access right that the key lacks', async () => {
    opsGenie.addKey('planted-key', { rights: [] });
    const answer = await test({ data: { sink: 'opsGenie', apiKey: 'planted-key' } });
    expect(answer.status).toBe(400);
    expect(answer.json.detail).toMatch(/access right Read/);
  });

  it('tries the service that the settings name', async () => {
    opsGenie.addKey('planted-key');
    const data = { sink: 'opsGenie', apiKey: 'planted-key' };
    expect((await test({ data, settings: { target: 'jsm' } })).status).toBe(200);
    expect(opsGenie.alerts).toEqual([]);
    const answer = await test({ data, settings: { target: 'elsewhere' } });
    expect([answer.status, Object.keys(answer.json.fields)]).toEqual([400, ['settings.target']]);
  });

  it('is a 502 when the sink is in trouble', async () => {
    slack.faults.next('auth.test', { kind: 'http', status: 503 });
    const answer = await test({ data: DATA });
    expect([answer.status, answer.json.fields]).toEqual([502, expect.objectContaining({})]);
  });

  it('lays what is given over a saved integration, credentials too', async () => {
    const integrationId = await create();
    expect((await test({ data: {}, integrationId })).status).toBe(200);
    expect((await test({ data: { channelId: '#gone' }, integrationId })).status).toBe(400);
    expect((await test({ data: { token: OTHER_TOKEN }, integrationId })).status).toBe(400);
    const { data } = (await client.call('GET', `${integrations}/${integrationId}`)).json.integration;
    expect(data).toMatchObject({ channelId: '#alerts', tokenDisplay: '****abcd' });
    expect((await deeds())[0]).toMatch(/with a change that is not saved$/);
  });

  it.each([
    ['no data', {}, 'data'],
    ['no sink', { data: {} }, 'data.sink'],
    ['no token', { data: { sink: 'slack', channelId: '#a' } }, 'data.token'],
    ['unknown settings', { data: DATA, settings: { target: 'jsm' } }, 'settings.target'],
    [
      'an unknown cluster',
      { data: DATA, settings: { filter: { clusterIds: [UNKNOWN_ID] } } },
      'settings.filter.clusterIds[0]',
    ],
    ['an unknown integration', { data: DATA, integrationId: UNKNOWN_ID }, 'integrationId'],
    ['no id', { data: DATA, integrationId: 'a' }, 'integrationId'],
  ])('is refused with %s, naming it', async (_what, body, field) => {
    const answer = await test(body);
    expect([answer.status, Object.keys(answer.json.fields)]).toEqual([400, [field]]);
    expect(await deeds()).toEqual([]);
  });

  it("does not use another project's credentials", async () => {
    const integrationId = await create();
    const foreign = `/hub/v1/${(await client.tenant()).path}/integrations/test`;
    const answer = await client.call('POST', foreign, { data: {}, integrationId });
    expect([answer.status, Object.keys(answer.json.fields)]).toEqual([400, ['integrationId']]);
  });

  it('is for admins', async () => {
    const call = callAs(client, await person(api, tenant));
    expect((await call('POST', tests, { data: DATA })).status).toBe(403);
  });
});

describe('with ?verify=true', () => {
  it('an integration is created when its test passes', async () => {
    const answer = await client.call('POST', `${integrations}?verify=true`, { data: DATA });
    expect([answer.status, Object.keys(answer.json)]).toEqual([200, ['id']]);
    expect((await client.call('GET', integrations)).json.integrations).toHaveLength(1);
  });

  it('nothing is created when it fails, and the findings say why', async () => {
    const answer = await client.call('POST', `${integrations}?verify=true`, {
      data: { ...DATA, token: OTHER_TOKEN },
    });
    expect(answer.status).toBe(400);
    expect(answer.json.fields['findings[0]']).toMatch(/token/i);
    expect((await client.call('GET', integrations)).json.integrations).toEqual([]);
  });

  it('a change is tried as it would be, with the stored token, and saved only when it passes', async () => {
    const id = await create();
    const put = (query: string, data: object) =>
      client.call('PUT', `${integrations}/${id}${query}`, { description: 'changed', data });
    const shown = async () => (await client.call('GET', `${integrations}/${id}`)).json.integration;
    expect((await put('?verify=true', { channelId: '#gone' })).status).toBe(400);
    expect(await shown()).toMatchObject({ description: '', data: { channelId: '#alerts' } });
    slack.workspace.addChannel('other');
    expect((await put('?verify=true', { channelId: '#other' })).status).toBe(204);
    expect((await put('?verify=false', { channelId: '#gone' })).status).toBe(204);
    expect((await put('', { channelId: '#gone-too' })).status).toBe(204);
    expect(await shown()).toMatchObject({ description: 'changed', data: { channelId: '#gone-too' } });
  });

  it('settings are used for the test, on creation and on a change of them', async () => {
    opsGenie.addKey('planted-key', { api: 'jsm' });
    const data = { sink: 'opsGenie', apiKey: 'planted-key' };
    const creation = `${integrations}?verify=true`;
    expect((await client.call('POST', creation, { data })).status).toBe(400);
    const created = await client.call('POST', creation, { data, settings: { target: 'jsm' } });
    expect(created.status).toBe(200);
    const url = `/hub/v1/${tenant.path}/integrations/${created.json.id}/settings`;
    const target = async () => (await client.call('GET', url)).json.target;
    expect(await target()).toBe('jsm');
    const failed = await client.call('PUT', `${url}?verify=true`, { target: 'opsgenie' });
    expect([failed.status, Object.keys(failed.json.fields)]).toEqual([400, ['findings[0]']]);
    expect(await target()).toBe('jsm');
    expect(
      (await client.call('PUT', `${url}?verify=true`, { target: 'jsm', stormThreshold: 3 })).status,
    ).toBe(200);
    const misspelt = await client.call('PUT', `${url}?verify=true`, { targets: 'jsm' });
    expect([misspelt.status, Object.keys(misspelt.json.fields)]).toEqual([400, ['targets']]);
    expect((await client.call('PUT', url, { target: 'opsgenie' })).status).toBe(200);
    await client.call('DELETE', `${integrations}/${created.json.id}`);
    expect((await client.call('PUT', `${url}?verify=true`, {})).status).toBe(409);
  });

  it('what is deleted or unknown is no more than that', async () => {
    const id = await create();
    await client.call('DELETE', `${integrations}/${id}`);
    expect((await client.call('PUT', `${integrations}/${id}?verify=true`, {})).status).toBe(409);
    expect((await client.call('PUT', `${integrations}/${UNKNOWN_ID}?verify=true`, {})).status).toBe(404);
    expect((await client.call('POST', `${integrations}?verify=perhaps`, { data: DATA })).status).toBe(400);
  });

  it('nothing is locked while the sink is asked', async () => {
    const id = await create();
    const asked = slack.requests.length;
    slack.faults.next('auth.test', { kind: 'slow-headers', delayMs: 1_000, landed: true });
    const pending = client.call('PUT', `${integrations}/${id}?verify=true`, { data: {} });
    await waitUntil(() => slack.requests.length > asked, { what: 'Slack to be asked' });
    await api.database.transaction((tx) =>
      tx.query('SELECT 1 FROM integrations WHERE id = $1 FOR UPDATE NOWAIT', [id]),
    );
    expect((await pending).status).toBe(204);
  });
});

describe('a secret', () => {
  it('is in no answer and no deed', async () => {
    const stored = JSON.stringify(await api.database.query('SELECT * FROM audit_log'));
    for (const text of [stored, ...client.answered]) expect(text).not.toContain('planted');
  });

  it('mends a failing integration by settings that passed the test; those that were not tested are only a try', async () => {
    const id = await create();
    const url = `/hub/v1/${tenant.path}/integrations/${id}`;
    const fail = () =>
      api.database.query(
        `UPDATE integrations SET health = 'failing', health_code = 'token_revoked', health_since = now() WHERE id = $1`,
        [id],
      );
    const healthAfter = async (path: string) => {
      await fail();
      expect((await client.call('PUT', `${url}/${path}`, {})).status).toBe(200);
      return (await client.call('GET', `${url}/health`)).json;
    };
    expect(await healthAfter('settings?verify=true')).toMatchObject({ health: 'healthy', code: null });
    expect(await healthAfter('settings')).toMatchObject({ health: 'degraded', code: 'untried' });
  });
});
