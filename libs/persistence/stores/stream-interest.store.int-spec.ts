import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '../../domain/index.js';
import { createTestDatabase, type TestDatabase } from '../../testing/index.js';
import { ClusterStore } from './cluster.store.js';
import { IntegrationStore } from './integration.store.js';
import { StreamInterestStore } from './stream-interest.store.js';

const NOW = new Date('2026-11-20T12:00:00.000Z');
const store = new StreamInterestStore(['awsCloudWatchMetrics', 'awsCloudWatchLogs']);
let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.close());
beforeEach(() => test.database.query('TRUNCATE integrations, clusters, cluster_nodes'));

const integrate = (more: Readonly<Record<string, unknown>> = {}): Promise<void> =>
  test.database.transaction((tx) =>
    new IntegrationStore().insert(tx, {
      id: newId(),
      organizationId: 'o',
      projectId: 'p',
      description: 'metrics',
      sink: 'awsCloudWatchMetrics',
      source: 'metrics',
      config: { namespace: 'orders', clusterIds: [] },
      secrets: '',
      display: {},
      settings: {},
      status: 'active',
      createdAt: NOW,
      updatedAt: NOW,
      ...more,
    }),
  );

async function register(id: string, addresses: readonly string[] = [], name = 'orders-db'): Promise<void> {
  const times = { createdAt: NOW, updatedAt: NOW, deletedAt: null };
  const how = { tls: {}, credentials: null, detection: {}, provisioning: {}, pollsLogs: false };
  const cluster = { id, projectId: 'p', name, status: 'available' as const, ...how, ...times };
  const nodes = addresses.map((address, position) => {
    const counts = { cores: position === 0 ? null : 4, reportedCores: null, memoryBytes: null };
    return { id: `${id}-${position}`, clusterId: id, position, address, ...counts };
  });
  await test.database.transaction((tx) => new ClusterStore().insert(tx, { cluster, nodes }));
}
const wanted = (cluster: string, project = 'p') => store.wantedMetrics(test.database, project, cluster);

describe('metrics', () => {
  it('are wanted by nobody without an active integration of that source with a sink that takes them', async () => {
    await integrate({ status: 'deleted' });
    await integrate({ source: 'logs', sink: 'awsCloudWatchLogs' });
    await integrate({ sink: 'someday' });
    await integrate({ projectId: 'another' });
    expect(await wanted('c1')).toBeUndefined();
  });

  it('are wanted of all clusters by an integration without a list, paused or not', async () => {
    await integrate({ pausedAt: NOW });
    expect([await wanted('c1'), await wanted('not-registered')]).toEqual([[], []]);
    expect(await wanted('c1', 'another')).toBeUndefined();
  });

  it('are those of all that concern the cluster, each once', async () => {
    await register('c1');
    await integrate({ settings: { metrics: ['io_events', 'checkpoints'] } });
    await integrate({ config: { clusterIds: ['c1'] }, settings: { metrics: ['io_events', 'queue_length'] } });
    await integrate({ config: { clusterIds: ['c2'] }, settings: { metrics: ['unwanted'] } });
    expect(await wanted('c1')).toEqual(['checkpoints', 'io_events', 'queue_length']);
  });

  it('are wanted of a cluster that is not registered only by those without a list, whatever it is called', async () => {
    await register('c1');
    await test.database.query('UPDATE clusters SET deleted_at = $1', [NOW]);
    await integrate({ config: { clusterIds: ['c1'] } });
    expect(await wanted('c1')).toBeUndefined();
  });

  it('bear settings that are no list', async () => {
    await integrate({ settings: { metrics: 'all' } });
    await integrate({ settings: { metrics: [1, null, 'io_events'] } });
    expect(await wanted('c1')).toEqual(['io_events']);
  });
});

describe('cores that an agent counted', () => {
  const clusters = new ClusterStore();
  const ADDRESSES = [
    'https://N1.example.com:2113',
    'https://n2.example.com:2113',
    'https://[2001:db8::1]:2113',
  ];
  beforeEach(() => register('c1', ADDRESSES));
  const report = (host: string, cores: number, cluster = 'c1') =>
    clusters.reportCores(test.database, 'p', cluster, host, cores);
  const reported = async () => {
    const rows = await test.database.query<{ reported_cores: number | null }>(
      'SELECT reported_cores FROM cluster_nodes ORDER BY cluster_id, position',
    );
    return rows.map((row) => row.reported_cores);
  };

  it('are those of the node whose address names the host, by the id or the name of its cluster', async () => {
    expect(await report('n1.EXAMPLE.com', 8)).toBe(true);
    expect(await report('2001:db8::1', 2, 'orders-db')).toBe(true);
    expect(await reported()).toEqual([8, null, 2]);
  });

  it('are those of the one node whose address begins with the host, and of none when several do', async () => {
    expect(await report('n2', 16)).toBe(true);
    await register('c2', ['https://n2.example.org:2113', 'https://n2.example.net:2113'], 'stock-db');
    expect(await report('n2', 32, 'c2')).toBe(false);
    expect(await reported()).toEqual([null, 16, null, null, null]);
  });

  it('are of all nodes that share the host', async () => {
    await register('c2', ['http://n9.example.com:2113', 'http://n9.example.com:3113']);
    await report('n9.example.com', 4, 'c2');
    expect((await reported()).slice(3)).toEqual([4, 4]);
  });

  it('are not written again, nor for hosts or projects that are others', async () => {
    await report('n1.example.com', 8);
    expect(await report('n1', 8)).toBe(false);
    expect(await report('n3', 8)).toBe(false);
    expect(await clusters.reportCores(test.database, 'another', 'c1', 'n2', 8)).toBe(false);
  });

  it('are what is watched with where none are registered', async () => {
    await report('n1', 8);
    await report('n2', 99);
    const watched = await clusters.load(test.database, 'c1');
    expect(watched?.nodes.map(({ cores }) => cores)).toEqual([8, 4, 4]);
  });
});
