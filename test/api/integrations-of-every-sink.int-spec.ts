import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SINKS, type SinkDefinition } from '../../libs/sinks/index.js';
import { startConnectionRig, type ConnectionRig } from '../../libs/testing/sink-rigs.js';
import { startApiApp, type ApiApp } from './api-app.js';
import { ApiClient } from './api-client.js';

let api: ApiApp;
let client: ApiClient;
let rigs: ReadonlyMap<string, ConnectionRig>;
let tenant: { organizationId: string; projectId: string; path: string };
let integrations: string;

beforeAll(async () => {
  const started = SINKS.map(async ({ kind }) => [kind, await startConnectionRig(kind)] as const);
  rigs = new Map(await Promise.all(started));
  const settings = [...rigs.values()].map((rig) => rig.settings);
  api = await startApiApp({ environment: Object.assign({}, ...settings) as Record<string, string> });
  client = new ApiClient(api.app);
  await client.signIn();
});
beforeEach(async () => {
  for (const rig of rigs.values()) rig.reset();
  tenant = await client.tenant();
  integrations = `/integrate/v1/${tenant.path}/integrations`;
});
afterAll(async () => {
  await api.close();
  await Promise.all([...rigs.values()].map((rig) => rig.stop()));
});

const LINES = { 'content-type': 'text/plain' };
const read = async (id: string) => (await client.call('GET', `${integrations}/${id}`)).json.integration;
const row = async (id: string): Promise<{ secrets: string }> =>
  (await api.database.query<{ secrets: string }>('SELECT * FROM integrations WHERE id = $1', [id]))[0]!;
const deeds = () =>
  api.database.query<{ action: string; message: string; changed: string[] }>(
    `SELECT action, message, changed FROM audit_log WHERE project_id = $1 AND service = 'integrate' ORDER BY seq`,
    [tenant.projectId],
  );

describe.each(SINKS)('an integration with the sink $kind', (definition: SinkDefinition) => {
  const { kind, defaultSource, sources, secrets, delivers } = definition;
  let rig: ConnectionRig;
  let data: Record<string, unknown>;
  let shown: Record<string, unknown>;
  const secretNames = Object.keys(secrets.shape);
  const create = async (): Promise<string> =>
    (await client.call('POST', integrations, { description: 'd', data })).json.id;
  const update = (id: string, body: unknown) => client.call('PUT', `${integrations}/${id}`, body);

  beforeEach(() => {
    rig = rigs.get(kind)!;
    data = { sink: kind, ...rig.config, ...rig.secrets };
    shown = { sink: kind, source: defaultSource, ...rig.config, ...rig.display };
  });

  it('is shown with its default source, its values verbatim, its secrets masked, and nothing else', async () => {
    const created = await client.call('POST', integrations, { description: 'd', data });
    expect([created.status, created.text]).toEqual([200, `{"id":"${created.json.id}"}`]);
    expect((await read(created.json.id)).data).toEqual(shown);
    expect((await client.call('GET', integrations)).json.integrations).toMatchObject([{ data: shown }]);
  });

  it('takes each of its sources, and no other', async () => {
    for (const source of ['issues', 'notifications', 'logs', 'metrics']) {
      const answer = await client.call('POST', integrations, { data: { ...data, source } });
      expect([source, answer.status]).toEqual([source, sources.includes(source as never) ? 200 : 400]);
    }
  });

  it('needs every public member without a default and every secret, and names those that are missing', async () => {
    const answer = await client.call('POST', integrations, { data: { sink: kind } });
    const open = Object.keys(rig.config).filter((name) => name !== 'clusterIds');
    expect(Object.keys(answer.json.fields).toSorted()).toEqual(
      [...open, ...secretNames].map((name) => `data.${name}`).toSorted(),
    );
  });

  it('ignores members that it does not know, and echoes none', async () => {
    const more = { ...data, gcpProjectId: 'p', enabled: true, apiKeyDisplay: 'x', deep: { a: [1] } };
    const { json } = await client.call('POST', integrations, { description: 'd', data: more, more: 1 });
    expect((await read(json.id)).data).toEqual(shown);
    expect((await update(json.id, { data: { ...more, OrganizationID: 'o' } })).status).toBe(204);
    expect((await read(json.id)).data).toEqual(shown);
  });

  it('is not written when nothing differs: `{}`, all of it again, with and without sink and source', async () => {
    const id = await create();
    const before = await row(id);
    const bodies = [
      {},
      { data: {} },
      { description: 'd', data },
      { data: { ...data, source: defaultSource } },
    ];
    for (const body of [...bodies, { data: { ...rig.config } }, { data: { ...rig.secrets } }])
      expect(await update(id, body)).toMatchObject({ status: 204, text: '' });
    expect(await row(id)).toEqual(before);
    expect((await deeds()).map(({ action }) => action)).toEqual(['integration.created']);
  });

  it.each(secretNames)('keeps everything else when only %s changes', async (name) => {
    const id = await create();
    const before = await row(id);
    const other = `${rig.secrets[name]!.slice(0, -4)}QRST`;
    expect((await update(id, { data: { [name]: other } })).status).toBe(204);
    expect((await read(id)).data).toEqual({ ...shown, [definition.display[name]!]: '****QRST' });
    expect((await row(id)).secrets).not.toBe(before.secrets);
    expect((await deeds()).at(-1)).toMatchObject({
      action: 'integration.changed',
      changed: [`data.${name}`],
    });
  });

  it('refuses to become another sink', async () => {
    const id = await create();
    const answer = await update(id, { data: { ...data, sink: kind === 'slack' ? 'opsGenie' : 'slack' } });
    expect([answer.status, Object.keys(answer.json.fields)]).toEqual([400, ['data.sink']]);
    expect((await read(id)).data).toEqual(shown);
  });

  it('stays as a tombstone of the same shape, and deleting it again answers 204', async () => {
    const id = await create();
    for (let time = 1; time <= 2; time += 1)
      expect(await client.call('DELETE', `${integrations}/${id}`)).toMatchObject({ status: 204, text: '' });
    expect(await read(id)).toMatchObject({ status: 'deleted', data: shown });
    expect((await read(id)).data).toEqual(shown);
    expect((await client.call('GET', integrations)).json).toEqual({ integrations: [] });
    expect((await deeds()).map(({ action }) => action)).toEqual([
      'integration.created',
      'integration.deleted',
    ]);
  });

  it('is tested with its own credentials: 204, 400 with findings, 502 when the sink is in trouble', async () => {
    const id = await create();
    const test = () => client.call('POST', `${integrations}/${id}/test`);
    const refused = await test();
    expect([refused.status, refused.json.title]).toEqual([400, 'Bad Request']);
    expect(refused.json.fields).toEqual({ 'findings[0]': refused.json.detail });
    rig.accept();
    expect(await test()).toMatchObject({ status: 204, text: '' });
    rig.fail('unavailable');
    expect((await test()).status).toBe(502);
    rig.fail('throttled');
    expect((await test()).status).toBe(502);
    expect(new Set(rig.credentials)).toEqual(new Set([Object.values(rig.secrets)[0]]));
    const tested = (await deeds()).filter(({ action }) => action === 'integration.tested');
    expect(tested.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^Integration "d" was tested and failed \(.+\)$/),
      'Integration "d" was tested and passed',
      expect.stringContaining('failed'),
      expect.stringContaining('failed'),
    ]);
  });

  it('is healthy as long as nothing has gone wrong', async () => {
    const url = `/hub/v1/${tenant.path}/integrations/${await create()}/health`;
    expect((await client.call('GET', url)).json).toMatchObject({
      health: 'healthy',
      code: null,
      reason: null,
    });
  });

  it('is owed what comes of its source, and nothing else: not a delivery for each line, and no issues for a stream', async () => {
    const id = await create();
    const takesThings = delivers === 'things';
    const accepted = async (): Promise<unknown> => {
      const { json } = await client.call('GET', `/hub/v1/${tenant.path}/integrations/${id}/ledger`);
      expect(json).toMatchObject({ balanced: true });
      return json.accepted;
    };
    const event = { key: 'k', event: 'open', kind: 'x', severity: 'warning', message: 'm' };
    await client.call('POST', `/hub/v1/${tenant.path}/issues/events`, event);
    expect(await accepted()).toBe(takesThings ? 1 : 0);
    const lines = ['log,hostname=n1 log="a line"', 'sys_cpu,hostname=n1 value=1'];
    for (const line of lines) {
      const written = await client.call('POST', `/hub/v1/${tenant.path}/api/write/?cluster=c`, line, LINES);
      expect(written.status).toBe(200);
    }
    expect(await accepted()).toBe(1);
    const owed = await api.database.query('SELECT 1 FROM deliveries WHERE integration_id = $1', [id]);
    expect(owed).toHaveLength(takesThings ? 1 : 0);
  });
});

describe('options', () => {
  it('list every sink under each of its sources', async () => {
    const url = `/integrate/v1/organizations/${tenant.organizationId}/integrations/options`;
    const { json } = await client.call('GET', url);
    const offered = Object.fromEntries(
      json.sources.map((source: { id: string; sinks: { id: string }[] }) => [
        source.id,
        source.sinks.map(({ id }) => id),
      ]),
    );
    expect(offered).toEqual({
      issues: ['opsGenie', 'slack'],
      notifications: ['opsGenie', 'slack'],
      logs: ['awsCloudWatchLogs'],
      metrics: ['awsCloudWatchMetrics'],
    });
    for (const source of json.sources)
      for (const sink of source.sinks) expect(sink).toMatchObject({ enabled: true, supportsTestApi: true });
  });
});

describe("Terraform's generic resource", () => {
  it('may send a map of strings, with a source for every sink', async () => {
    const map = { sink: 'opsGenie', source: 'issues', apiKey: rigs.get('opsGenie')!.secrets['apiKey']! };
    const { json } = await client.call('POST', integrations, { description: 'd', data: map });
    const shown = Object.values((await read(json.id)).data);
    expect(shown.every((value) => typeof value === 'string')).toBe(true);
  });
});

describe('a secret', () => {
  it('is in no answer, no row of an integration and no deed', async () => {
    const stored = JSON.stringify(await api.database.query('SELECT * FROM integrations'));
    const log = JSON.stringify(await api.database.query('SELECT * FROM audit_log'));
    const planted = [...rigs.values()].flatMap((rig) => Object.values(rig.secrets));
    for (const text of [stored, log, ...client.answered])
      for (const secret of planted) expect(text.includes(secret), secret).toBe(false);
  });
});
