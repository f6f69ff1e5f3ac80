import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startApiApp, type ApiApp } from './api-app.js';
import { ApiClient } from './api-client.js';
import { lineOf, logged } from './logged-lines.js';

const KEYS = { accessKeyId: 'AKIAEXAMPLE000000001', secretAccessKey: 'an-example-secret-access-key' };
const LOGS = { sink: 'awsCloudWatchLogs', groupName: '/orders/db', region: 'eu-west-1', ...KEYS };
const METRICS = { sink: 'awsCloudWatchMetrics', namespace: 'orders', region: 'eu-west-1', ...KEYS };
const ROLE = 'arn:aws:iam::123456789012:role/spillway';

let api: ApiApp;
let client: ApiClient;
let tenant: { projectId: string; path: string };
let hub: string;

beforeAll(async () => {
  api = await startApiApp();
  client = new ApiClient(api.app);
  await client.signIn();
});
beforeEach(async () => {
  tenant = await client.tenant();
  hub = `/hub/v1/${tenant.path}`;
});
afterAll(() => api.close());

const create = async (data: object): Promise<string> =>
  (await client.call('POST', `/integrate/v1/${tenant.path}/integrations`, { data })).json.id;
const change = (id: string, data: object) =>
  client.call('PUT', `/integrate/v1/${tenant.path}/integrations/${id}`, { data });
const addCluster = async (name: string, nodes = 3): Promise<string> => {
  const addresses = Array.from({ length: nodes }, (_, index) => ({
    address: `https://${name}-n${index + 1}.example.com:2113`,
  }));
  return (await client.call('POST', `${hub}/clusters`, { name, nodes: addresses })).json.id;
};
const lines = (count: number) => Array.from({ length: count }, (_, index) => lineOf(api, `line ${index}`));
const of = (id: string, what: string) => client.call('GET', `${hub}/integrations/${id}/${what}`);

describe('an integration of logs', () => {
  it('shows how far it is with each cluster, page by page, and what waits since when', async () => {
    const id = await create(LOGS);
    const cluster = await addCluster('orders-db');
    await logged(api, tenant.projectId, cluster, lines(3));
    await logged(api, tenant.projectId, 'elsewhere', lines(2));
    const first = (await of(id, 'streams?limit=1')).json;
    const second = (await of(id, `streams?limit=1&after=${first.next}`)).json;
    expect(second.next).toBeNull();
    const all = [...first.streams, ...second.streams].toSorted((one, other) => one.lastSeq - other.lastSeq);
    expect(all).toMatchObject([
      { cluster: 'elsewhere', clusterId: null, waiting: 2 },
      { cluster: 'orders-db', clusterId: cluster, source: 'logs', status: 'behind', lastSeq: 3, waiting: 3 },
    ]);
    expect(all[1].oldestAt).toBe(api.clock.now().toISOString());
    expect((await of(id, 'ledger')).json).toMatchObject({
      accepted: 5,
      inFlight: 5,
      balanced: true,
      sources: { logs: { accepted: 5 }, issues: { accepted: 0 } },
    });
    expect((await of(id, 'health')).json).toMatchObject({
      health: 'healthy',
      backlog: { units: 5, deliveries: 2, parked: 0, oldestAt: api.clock.now().toISOString() },
    });
  });

  it('is owed lines of the clusters that it is for, from when it is for them, until it is not', async () => {
    const [one, other] = [await addCluster('one'), await addCluster('other')];
    const id = await create({ ...LOGS, clusterIds: [one] });
    await logged(api, tenant.projectId, 'one', lines(2));
    await logged(api, tenant.projectId, 'other', lines(2));
    expect((await of(id, 'ledger')).json).toMatchObject({ accepted: 2 });
    await change(id, { clusterIds: [other] });
    await logged(api, tenant.projectId, one, lines(4));
    await logged(api, tenant.projectId, other, lines(1));
    expect((await of(id, 'ledger')).json).toMatchObject({
      accepted: 3,
      suppressed: 2,
      inFlight: 1,
      balanced: true,
    });
    await client.call('DELETE', `/integrate/v1/${tenant.path}/integrations/${id}`);
    await logged(api, tenant.projectId, other, lines(3));
    expect((await of(id, 'ledger')).json).toMatchObject({ accepted: 3, suppressed: 3, balanced: true });
  });

  it('parks what waits while it is paused', async () => {
    const id = await create(LOGS);
    await logged(api, tenant.projectId, 'c', lines(2));
    await client.call('POST', `${hub}/integrations/${id}/pause`, {});
    expect((await of(id, 'ledger')).json).toMatchObject({ parked: 2, inFlight: 0, balanced: true });
    expect((await of(id, 'health')).json.backlog).toMatchObject({ units: 2, parked: 2 });
    expect((await of(id, 'streams')).json.streams).toMatchObject([
      { status: 'parked', waiting: 2, dueAt: null },
    ]);
  });

  it('lists refused lines one by one, the latest first', async () => {
    const id = await create(LOGS);
    await logged(api, tenant.projectId, 'c', lines(3));
    await api.database.query(
      `INSERT INTO rejected_entries (integration_id, stream_id, seq, time_ms, node, body, code, reason, rejected_at)
       SELECT $1, stream_id, seq, time_ms, node, body, 'too_old', 'It is too old.', $2
       FROM stream_entries JOIN streams ON streams.id = stream_id WHERE project_id = $3`,
      [id, api.clock.now(), tenant.projectId],
    );
    const first = (await of(id, 'rejected?limit=2')).json;
    expect(first.rejected).toEqual([
      {
        seq: 3,
        node: 'n1',
        body: 'line 2',
        code: 'too_old',
        reason: 'It is too old.',
        cluster: 'c',
        time: api.clock.now().toISOString(),
        rejectedAt: api.clock.now().toISOString(),
      },
      expect.objectContaining({ seq: 2 }),
    ]);
    const second = (await of(id, `rejected?limit=2&after=${first.next}`)).json;
    expect(second).toMatchObject({ rejected: [{ seq: 1 }], next: null });
    expect((await of(id, 'rejected?after=17-abc')).status).toBe(400);
  });

  it('is replayed from a time on, and by nothing else', async () => {
    const id = await create(LOGS);
    await logged(api, tenant.projectId, 'c', lines(2));
    const replay = (body: object) => client.call('POST', `${hub}/integrations/${id}/replay`, body);
    const since = api.clock.now().toISOString();
    const nothing = await replay({ since });
    expect(nothing.json).toMatchObject({ counts: { send: 0 }, items: [], more: false });
    expect((await replay({ filter: {} })).json.fields).toEqual({ since: expect.stringContaining('time') });
  });

  it('has an external id that the hub gives it, which comes back unchanged or not at all', async () => {
    const id = await create(LOGS);
    const settings = `${hub}/integrations/${id}/settings`;
    const before = (await client.call('GET', settings)).json;
    expect(before).toMatchObject({
      externalId: `spillway-${id}`,
      roleArn: null,
      minimumLevel: 'trace',
      createLogGroup: false,
    });
    const changed = await client.call('PUT', settings, { ...before, roleArn: ROLE });
    expect(changed).toMatchObject({ status: 200, json: { externalId: `spillway-${id}`, roleArn: ROLE } });
    const other = await client.call('PUT', settings, { externalId: 'mine' });
    expect([other.status, Object.keys(other.json.fields)]).toEqual([400, ['externalId']]);
    const stored = await api.database.query('SELECT settings FROM integrations WHERE id = $1', [id]);
    expect(JSON.stringify(stored)).not.toContain('externalId');
  });
});

describe('what an integration of metrics is going to cost', () => {
  const project = (body: object) => client.call('POST', `${hub}/integrations/projection`, body);
  const { accessKeyId: _, secretAccessKey: __, ...data } = METRICS;

  it('is said before it is saved, without credentials, for the clusters that it is for', async () => {
    const small = await addCluster('small', 1);
    await addCluster('large', 5);
    const all = (await project({ data })).json;
    const one = (await project({ data: { ...data, clusterIds: [small] } })).json;
    expect(one.perCluster).toMatchObject([{ name: 'small', nodes: 1 }]);
    expect(one.customMetrics).toBeGreaterThan(10);
    expect(all.customMetrics).toBe(6 * one.customMetrics);
    expect(all.monthlyUsd).toBeGreaterThan(6 * 0.29 * one.customMetrics);
    expect(Object.keys(all.byNamespace)).toEqual(['orders/eventstoredb', 'orders/host']);
    expect(all.assumptions.length).toBeGreaterThan(0);
    const more = (await project({ data, settings: { metrics: ['an_extra_one'] } })).json;
    expect(more.customMetrics).toBe(all.customMetrics + 6);
  });

  it('is refused by the field for what is no such integration', async () => {
    expect((await project({ data: LOGS })).json.fields).toEqual({ 'data.sink': expect.any(String) });
    const wrong = await project({ data: { ...data, namespace: 'AWS/mine' } });
    expect([wrong.status, Object.keys(wrong.json.fields)]).toEqual([400, ['data.namespace']]);
    const foreign = await project({ data: { ...data, clusterIds: ['nowhere'] } });
    expect(Object.keys(foreign.json.fields)).toEqual(['data.clusterIds[0]']);
    const settings = await project({ data, settings: { metrics: ['no name'] } });
    expect(Object.keys(settings.json.fields)).toEqual(['settings.metrics[0]']);
  });
});
