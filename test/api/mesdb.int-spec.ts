import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { NodeObservations } from '../../libs/detection/index.js';
import { startApiApp, type ApiApp } from './api-app.js';
import { ApiClient } from './api-client.js';
import { keepRound } from './observed-clusters.js';

const GIB = 1_073_741_824;
const UNKNOWN_ID = '00000000000000000000';

let api: ApiApp;
let client: ApiClient;
let organizationId: string;
let projectId: string;
let path: string;
let clusters: string;

beforeAll(async () => {
  api = await startApiApp();
  client = new ApiClient(api.app);
  await client.signIn();
});
beforeEach(async () => {
  ({ organizationId, projectId, path } = await client.tenant());
  clusters = `/mesdb/v1/${path}/clusters`;
});
afterAll(() => api.close());

async function register(name: string, count = 3): Promise<string> {
  const nodes = Array.from({ length: count }, (_, index) => ({
    address: `https://n${index}.example.com:2113`,
  }));
  return (await client.call('POST', `/hub/v1/${path}/clusters`, { name, nodes })).json.id;
}

async function observe(id: string, observations: NodeObservations, round: 'gossip' | 'host' = 'gossip') {
  const { json } = await client.call('GET', `/hub/v1/${path}/clusters/${id}`);
  await keepRound(api, json, round, api.clock.now(), [observations]);
}

const at = () => api.clock.now().toISOString();
const info = (): NodeObservations => ({
  info: { at: at(), ok: true, value: { state: 'Leader', version: '24.10.4.1234' } },
});
const disk = (): NodeObservations => ({
  stats: {
    at: at(),
    ok: true,
    value: {
      drives: [{ mount: '/', totalBytes: 100 * GIB, availableBytes: 50 * GIB }],
      memory: { totalBytes: null, freeBytes: null },
      loadAverage1m: null,
    },
  },
});
const report = (clusterId: string, event: string, severity = 'warning', kind = 'disk-usage') =>
  client.call('POST', `/hub/v1/${path}/issues/events`, {
    key: `${kind}:${clusterId}`,
    event,
    clusterId,
    kind,
    severity,
    message: 'it is so',
  });
const healthOf = async (id: string) => (await client.call('GET', `${clusters}/${id}`)).json.cluster.health;

describe('clusters in the shape of Event Store Cloud', () => {
  it('have exactly the members that the CLI needs', async () => {
    const id = await register('orders-db');
    await observe(id, info());
    await observe(id, disk(), 'host');
    const cluster = {
      canExpandDisk: false,
      cloudIntegratedAuthentication: false,
      created: at(),
      description: 'orders-db',
      diskSizeGb: 100,
      diskType: 'unknown',
      id,
      instanceType: 'self-hosted',
      health: 'ok',
      networkId: 'self-hosted',
      organizationId,
      patchAvailable: false,
      projectId,
      projectionLevel: 'off',
      protected: false,
      provider: 'aws',
      publicAccess: false,
      region: 'self-hosted',
      serverVersion: '24.10',
      serverVersionTag: '24.10.4.1234',
      status: 'available',
      topology: 'three-node-multi-zone',
    };
    const one = await client.call('GET', `${clusters}/${id}`);
    expect([one.status, one.json]).toEqual([200, { cluster }]);
    const list = await client.call('GET', clusters);
    expect([list.status, list.json]).toEqual([200, { clusters: [cluster] }]);
  });

  it('that were never polled have a size of 0, an unknown version, and no health to tell', async () => {
    const id = await register('fresh', 1);
    expect((await client.call('GET', `${clusters}/${id}`)).json.cluster).toMatchObject({
      diskSizeGb: 0,
      serverVersion: 'unknown',
      serverVersionTag: 'unknown',
      health: 'health-reporting-error',
      topology: 'single-node',
    });
  });

  it('are as well as their open issues say', async () => {
    const id = await register('orders-db');
    await observe(id, info());
    expect(await healthOf(id)).toBe('ok');
    await report(id, 'open');
    expect(await healthOf(id)).toBe('issues-detected');
    await report(id, 'open', 'critical');
    expect(await healthOf(id)).toBe('degraded');
    await report(id, 'open', 'critical', 'cluster-consensus');
    expect(await healthOf(id)).toBe('down');
    await report(id, 'closed', 'critical', 'cluster-consensus');
    await report(id, 'closed', 'critical');
    expect(await healthOf(id)).toBe('ok');
    api.clock.advance(3_600_000);
    await client.signIn();
    expect(await healthOf(id)).toBe('health-reporting-error');
  });

  it('do not share their health, their versions and their disks', async () => {
    const [well, ill] = [await register('well'), await register('ill')];
    await observe(well, info());
    await observe(well, disk(), 'host');
    await report(ill, 'open', 'critical', 'cluster-consensus');
    const list = (await client.call('GET', clusters)).json.clusters;
    const byId = Object.fromEntries(list.map((cluster: { id: string }) => [cluster.id, cluster]));
    expect(byId[well]).toMatchObject({ health: 'ok', serverVersion: '24.10', diskSizeGb: 100 });
    expect(byId[ill]).toMatchObject({ health: 'down', serverVersion: 'unknown', diskSizeGb: 0 });
  });

  it('are defunct when they could not be provisioned', async () => {
    const id = await register('orders-db');
    const body = { step: 'instances', outcome: 'failed' };
    await client.call('POST', `/hub/v1/${path}/clusters/${id}/provisioning`, body);
    expect((await client.call('GET', `${clusters}/${id}`)).json.cluster.status).toBe('defunct');
  });

  it('are all listed, in the order of ids, in as many queries as one of them, or in pages', async () => {
    const queriesOf = async (): Promise<number> => {
      const { dataSource } = api.database;
      let queries = 0;
      const createQueryRunner = dataSource.createQueryRunner.bind(dataSource);
      dataSource.createQueryRunner = (...mode) => {
        queries += 1;
        return createQueryRunner(...mode);
      };
      await client.call('GET', clusters);
      dataSource.createQueryRunner = createQueryRunner;
      return queries;
    };
    await register('first');
    const ofOne = await queriesOf();
    expect(ofOne).toBeGreaterThan(0);
    for (let index = 0; index < 59; index += 1) await register(`more ${index}`, 1);
    expect(await queriesOf()).toBe(ofOne);
    const ids = (await client.call('GET', clusters)).json.clusters.map(({ id }: { id: string }) => id);
    expect(ids).toHaveLength(60);
    expect(ids).toEqual(ids.toSorted());
    const page = (await client.call('GET', `${clusters}?limit=40`)).json;
    expect([page.clusters.length, page.next]).toEqual([40, ids[39]]);
    const rest = (await client.call('GET', `${clusters}?limit=40&after=${page.next}`)).json;
    expect([rest.clusters.length, rest.next]).toEqual([20, null]);
  });

  it('are gone once removed, and are not found elsewhere', async () => {
    const id = await register('orders-db');
    const other = await client.tenant();
    expect((await client.call('GET', `/mesdb/v1/${other.path}/clusters/${id}`)).status).toBe(404);
    await client.call('DELETE', `/hub/v1/${path}/clusters/${id}`);
    for (const gone of [id, UNKNOWN_ID, 'x']) {
      const answer = await client.call('GET', `${clusters}/${gone}`);
      expect([answer.status, answer.json.detail]).toEqual([404, 'There is no such cluster.']);
    }
    expect((await client.call('GET', clusters)).json).toEqual({ clusters: [] });
  });
});
