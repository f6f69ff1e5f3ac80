import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SlackStandIn } from '../../apps/sandbox/slack/index.js';
import { startApiApp, type ApiApp } from './api-app.js';
import { ApiClient } from './api-client.js';

const TOKEN = 'xoxb-planted-token-abcd';
const OTHER_TOKEN = 'xoxb-planted-token-wxyz';
const UNKNOWN_ID = '00000000000000000000';
const DATA = { sink: 'slack', source: 'issues', channelId: '#alerts', token: TOKEN };

let api: ApiApp;
let client: ApiClient;
let slack: SlackStandIn;
let tenant: { organizationId: string; projectId: string; path: string };
let integrations: string;

beforeAll(async () => {
  slack = new SlackStandIn();
  await slack.start();
  api = await startApiApp({ environment: { SLACK_API_URL: slack.apiUrl } });
  client = new ApiClient(api.app);
  await client.signIn();
});
beforeEach(async () => {
  slack.reset();
  tenant = await client.tenant();
  integrations = `/integrate/v1/${tenant.path}/integrations`;
});
afterAll(async () => {
  await api.close();
  await slack.stop();
});

const create = async (data: object = DATA): Promise<string> =>
  (await client.call('POST', integrations, { description: 'alerts', data })).json.id;
const read = async (id: string) => (await client.call('GET', `${integrations}/${id}`)).json.integration;
const row = async (id: string) =>
  (await api.database.query('SELECT * FROM integrations WHERE id = $1', [id]))[0];

describe('creating an integration', () => {
  it('answers 200 with its id, and shows it in exactly the shape of the contract', async () => {
    const { status, text, json } = await client.call('POST', integrations, {
      description: 'alerts',
      data: DATA,
    });
    expect(status).toBe(200);
    expect(text).toBe(`{"id":"${json.id}"}`);
    const integration = {
      id: json.id,
      organizationId: tenant.organizationId,
      projectId: tenant.projectId,
      description: 'alerts',
      status: 'active',
      created: api.clock.now().toISOString(),
      updated: api.clock.now().toISOString(),
      data: { sink: 'slack', source: 'issues', channelId: '#alerts', tokenDisplay: '****abcd' },
    };
    expect((await client.call('GET', `${integrations}/${json.id}`)).json).toEqual({ integration });
    expect((await client.call('GET', integrations)).json).toEqual({ integrations: [integration] });
  });

  it('takes the default source when none is given', async () => {
    expect((await read(await create({ ...DATA, source: undefined }))).data.source).toBe('issues');
  });

  it('ignores unknown members of data and does not echo them', async () => {
    const id = await create({ ...DATA, clusterIds: ['a'], apiKey: 'planted-token-of-another-sink' });
    expect(Object.keys((await read(id)).data).sort()).toEqual([
      'channelId',
      'sink',
      'source',
      'tokenDisplay',
    ]);
  });

  it('shows nothing of a short secret', async () => {
    expect((await read(await create({ ...DATA, token: 'xoxb-shorty' }))).data.tokenDisplay).toBe('****');
  });

  it.each([
    ['no body', undefined, ['body']],
    ['no data', { description: 'a' }, ['data']],
    ['data that is text', { data: 'slack' }, ['data']],
    ['no sink', { data: { ...DATA, sink: undefined } }, ['data.sink']],
    ['an unknown sink', { data: { ...DATA, sink: 'carrierPigeon' } }, ['data.sink']],
    ['a sink of another type', { data: { ...DATA, sink: 1 } }, ['data.sink']],
    ['a source that the sink cannot take', { data: { ...DATA, source: 'metrics' } }, ['data.source']],
    ['an unknown source', { data: { ...DATA, source: 'gossip' } }, ['data.source']],
    ['no token', { data: { ...DATA, token: undefined } }, ['data.token']],
    ['a token of another type', { data: { ...DATA, token: 1 } }, ['data.token']],
    ['nothing but the sink', { data: { sink: 'slack' } }, ['data.channelId', 'data.token']],
    ['null', { data: { ...DATA, channelId: null } }, ['data.channelId']],
    ['an over-long description', { description: 'd'.repeat(1_001), data: DATA }, ['description']],
    ['NUL in data', { data: { ...DATA, channelId: 'a\0' } }, ['data.channelId']],
  ])('refuses %s, names the field and stores nothing', async (_what, body, fields) => {
    const answer = await client.call('POST', integrations, body);
    expect(answer.status).toBe(400);
    expect(Object.keys(answer.json.fields)).toEqual(fields);
    expect(answer.text).not.toContain(TOKEN);
    expect((await client.call('GET', integrations)).json).toEqual({ integrations: [] });
  });
});

describe('updating an integration', () => {
  const update = (id: string, body: unknown) => client.call('PUT', `${integrations}/${id}`, body);

  it('changes nothing with an empty object', async () => {
    const id = await create();
    const before = await row(id);
    expect(await update(id, {})).toMatchObject({ status: 204, text: '' });
    expect(await row(id)).toEqual(before);
  });

  it('changes only the description when only that is sent', async () => {
    const id = await create();
    const before = await read(id);
    await update(id, { description: '' });
    expect(await read(id)).toEqual({ ...before, description: '', updated: expect.any(String) });
  });

  it('keeps the token when it is absent, and the sink may be absent too', async () => {
    const id = await create();
    expect((await update(id, { data: { channelId: '#other' } })).status).toBe(204);
    expect((await read(id)).data).toEqual({
      ...DATA,
      token: undefined,
      channelId: '#other',
      tokenDisplay: '****abcd',
    });
  });

  it('is idempotent and writes nothing when Terraform sends all of it again', async () => {
    const id = await create();
    const before = await row(id);
    expect((await update(id, { description: 'alerts', data: DATA })).status).toBe(204);
    expect(await row(id)).toEqual(before);
  });

  it('replaces the token and its mask, as a new revision', async () => {
    const id = await create();
    const before = await read(id);
    await update(id, { data: { token: OTHER_TOKEN } });
    const after = await read(id);
    expect(after.data.tokenDisplay).toBe('****wxyz');
    expect(Date.parse(after.updated)).toBeGreaterThan(Date.parse(before.updated));
  });

  it('moves to another source that the sink takes', async () => {
    const id = await create();
    await update(id, { data: { source: 'notifications' } });
    expect((await read(id)).data.source).toBe('notifications');
    await update(id, { data: { channelId: '#other' } });
    expect((await read(id)).data.source).toBe('notifications');
  });

  it.each([
    ['another sink', { sink: 'opsGenie', apiKey: 'a' }, 'data.sink'],
    ['a source that the sink cannot take', { source: 'logs' }, 'data.source'],
    ['an empty token', { token: '' }, 'data.token'],
  ])('refuses %s, naming the field, and changes nothing', async (_what, data, field) => {
    const id = await create();
    const before = await row(id);
    const answer = await update(id, { data });
    expect([answer.status, Object.keys(answer.json.fields)]).toEqual([400, [field]]);
    expect(await row(id)).toEqual(before);
  });

  it('lets a failing integration go on', async () => {
    const id = await create();
    await api.database.query(`UPDATE integrations SET health = 'failing', health_code = 'token_revoked'`);
    await update(id, { data: DATA });
    const health = (await client.call('GET', `/hub/v1/${tenant.path}/integrations/${id}/health`)).json;
    expect(health).toMatchObject({ health: 'degraded', code: 'untried' });
  });

  it('mends a failing integration when it has passed its test with the change', async () => {
    slack.workspace.addToken(TOKEN);
    slack.workspace.addChannel('alerts');
    const id = await create();
    await api.database.query(`UPDATE integrations SET health = 'failing' WHERE id = $1`, [id]);
    const url = `${integrations}/${id}?verify=true`;
    expect((await client.call('PUT', url, { data: DATA })).status).toBe(204);
    expect(await row(id)).toMatchObject({ health: 'healthy' });
  });

  it('mends one whose stored token cannot be opened any more', async () => {
    const id = await create();
    await api.database.query(`UPDATE integrations SET secrets = 'v1.otherkey.AAAA.AAAA' WHERE id = $1`, [id]);
    const answer = await update(id, { data: { channelId: '#other' } });
    expect([answer.status, Object.keys(answer.json.fields)]).toEqual([400, ['data.token']]);
    expect((await update(id, { data: { token: OTHER_TOKEN } })).status).toBe(204);
    expect((await update(id, { data: { channelId: '#other' } })).status).toBe(204);
  });

  it('does not lose one of two changes at the same time', async () => {
    const id = await create();
    await Promise.all([
      update(id, { data: { channelId: '#other' } }),
      update(id, { data: { token: OTHER_TOKEN } }),
    ]);
    expect((await read(id)).data).toMatchObject({ channelId: '#other', tokenDisplay: '****wxyz' });
  });
});

describe('a deleted integration', () => {
  it('stays as a tombstone at once and for good, but in no list', async () => {
    const id = await create();
    const { data } = await read(id);
    expect(await client.call('DELETE', `${integrations}/${id}`)).toMatchObject({ status: 204, text: '' });
    expect(await client.call('GET', `${integrations}/${id}`)).toMatchObject({
      status: 200,
      json: { integration: { id, status: 'deleted', data } },
    });
    expect((await client.call('GET', integrations)).json).toEqual({ integrations: [] });
    expect((await client.call('DELETE', `${integrations}/${id}`)).status).toBe(204);
  });

  it('goes on answering when its project was deleted, and nothing else there does', async () => {
    const place = await client.tenant();
    const all = `/integrate/v1/${place.path}/integrations`;
    const { id } = (await client.call('POST', all, { description: 'a', data: DATA })).json;
    await client.call('DELETE', `/resources/v1/${place.path}`);
    expect((await client.call('GET', `${all}/${id}`)).json.integration.status).toBe('deleted');
    const others = [all, `/resources/v1/${place.path}`, `${all}/${UNKNOWN_ID}`];
    for (const url of others) expect((await client.call('GET', url)).status, url).toBe(404);
    expect((await client.call('DELETE', `${all}/${id}`)).status).toBe(404);
    const { projectId } = tenant;
    const elsewhere = all
      .replace(place.projectId, projectId)
      .replace(place.organizationId, tenant.organizationId);
    expect((await client.call('GET', `${elsewhere}/${id}`)).status).toBe(404);
  });

  it('can neither be changed nor tested', async () => {
    const id = await create();
    await client.call('DELETE', `${integrations}/${id}`);
    expect((await client.call('PUT', `${integrations}/${id}`, { description: 'b' })).status).toBe(409);
    expect((await client.call('POST', `${integrations}/${id}/test`)).status).toBe(409);
  });
});

describe('testing an integration', () => {
  const test = (id: string) => client.call('POST', `${integrations}/${id}/test`);

  it('answers 204 when the sink takes it, and lets a failing one go on', async () => {
    slack.workspace.addToken(TOKEN);
    slack.workspace.addChannel('alerts');
    const id = await create();
    await api.database.query(`UPDATE integrations SET health = 'failing' WHERE id = $1`, [id]);
    expect(await test(id)).toMatchObject({ status: 204, text: '' });
    expect(await row(id)).toMatchObject({ health: 'healthy' });
  });

  it('answers 400 with the findings when the token is no good', async () => {
    const answer = await test(await create());
    expect(answer.status).toBe(400);
    expect(answer.json.fields).toEqual({ 'findings[0]': answer.json.detail });
  });

  it('answers 502 when the sink is in trouble', async () => {
    slack.workspace.addToken(TOKEN);
    slack.faults.next('auth.test', { kind: 'http', status: 503 });
    const answer = await test(await create());
    expect([answer.status, answer.json.title]).toEqual([502, 'Bad Gateway']);
  });

  it('is not found for an unknown id', async () => {
    expect((await test(UNKNOWN_ID)).status).toBe(404);
  });
});

describe('options', () => {
  it('lists every source with the sinks that take it', async () => {
    const { json } = await client.call(
      'GET',
      `/integrate/v1/organizations/${tenant.organizationId}/integrations/options`,
    );
    expect(json.sources.map(({ id }: { id: string }) => id)).toEqual([
      'issues',
      'notifications',
      'logs',
      'metrics',
    ]);
    expect(json.sources[0]).toMatchObject({
      name: 'Issues',
      enabled: true,
      sinks: expect.arrayContaining([
        { id: 'slack', name: 'Slack', enabled: true, supportsTestApi: true, label: 'Slack' },
      ]),
    });
  });
});

describe('what is ours beside the contract', () => {
  it('has settings with defaults, and refuses unknown ones', async () => {
    const url = `/hub/v1/${tenant.path}/integrations/${await create()}/settings`;
    const defaults = { filter: {}, stormThreshold: 20, drill: null };
    expect((await client.call('GET', url)).json).toEqual(defaults);
    expect(await client.call('PUT', url, {})).toMatchObject({ status: 200, json: defaults });
    const answer = await client.call('PUT', url, { target: 'jsm' });
    expect([answer.status, answer.json.fields]).toEqual([400, { target: 'is not known' }]);
  });

  it('shows its health', async () => {
    const url = `/hub/v1/${tenant.path}/integrations/${await create()}/health`;
    expect(await client.call('GET', url)).toMatchObject({ status: 200, json: { health: 'healthy' } });
  });
});

describe('an integration of another project', () => {
  it('is not found', async () => {
    const id = await create();
    const foreign = (await client.tenant()).path;
    const calls = [
      ['GET', `/integrate/v1/${foreign}/integrations/${id}`],
      ['PUT', `/integrate/v1/${foreign}/integrations/${id}`],
      ['DELETE', `/integrate/v1/${foreign}/integrations/${id}`],
      ['POST', `/integrate/v1/${foreign}/integrations/${id}/test`],
      ['GET', `/hub/v1/${foreign}/integrations/${id}/settings`],
      ['PUT', `/hub/v1/${foreign}/integrations/${id}/settings`],
      ['GET', `/hub/v1/${foreign}/integrations/${id}/health`],
      ['GET', `/hub/v1/${foreign}/integrations/${id}/ledger`],
    ] as const;
    for (const [method, url] of calls) {
      const answer = await client.call(method, url, method === 'PUT' ? {} : undefined);
      expect([url, answer.status]).toEqual([url, 404]);
    }
    expect(await row(id)).toMatchObject({ status: 'active' });
  });
});

describe('a secret', () => {
  it('is in no answer and in no row', async () => {
    const stored = JSON.stringify(await api.database.query('SELECT * FROM integrations'));
    for (const text of [stored, ...client.answered]) expect(text).not.toContain('planted-token');
  });
});
