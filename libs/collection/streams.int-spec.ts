import { afterAll, beforeAll, expect, it } from 'vitest';
import { ClusterStandIn } from '../../apps/sandbox/cluster/index.js';
import { ClusterObserver } from '../clusters/index.js';
import { newId, type MetricSample } from '../domain/index.js';
import { ClusterStore, IntegrationStore } from '../persistence/index.js';
import { Queues } from '../queues/index.js';
import { waitUntil } from '../testing/index.js';
import { LogSchedules } from './log-schedules.js';
import { startCollection, type AddedCluster } from './testing/collection-harness.js';

const FAST = {
  SPILLWAY_GOSSIP_INTERVAL: '1h',
  SPILLWAY_HOST_INTERVAL: '100ms',
  SPILLWAY_LOGS_INTERVAL: '100ms',
  SPILLWAY_CORE_LOAD_CLOSE_WINDOW: '100ms',
};
const cluster = new ClusterStandIn();
let collection: Awaited<ReturnType<typeof startCollection>>;
beforeAll(async () => {
  await cluster.start({
    nodes: 1,
    version: '25.1',
    isLicensed: true,
    credentials: { username: 'ops', password: 'changeit' },
  });
  collection = await startCollection(FAST);
});
afterAll(async () => {
  await collection.stop();
  await cluster.stop();
});

const addCluster = (given: Parameters<typeof collection.addCluster>[1] = {}): Promise<AddedCluster> =>
  collection.addCluster([cluster.nodes[0]!.url], given);
const tell = ({ clusterId }: AddedCluster): Promise<void> =>
  collection.app.get(ClusterObserver, { strict: false }).clusterChanged(clusterId);
async function remove(added: AddedCluster): Promise<void> {
  await collection.database.query('UPDATE clusters SET deleted_at = now() WHERE id = $1', [added.clusterId]);
  await tell(added);
}
const bodies = async ({ clusterId }: AddedCluster, source: string): Promise<string[]> => {
  const rows = await collection.database.query<{ body: string }>(
    `SELECT body FROM stream_entries JOIN streams ON streams.id = stream_id
     WHERE cluster = $1 AND source = $2 AND is_registered ORDER BY seq`,
    [clusterId, source],
  );
  return rows.map(({ body }) => body);
};
const logSchedules = (): Promise<string[]> =>
  collection.app.get(Queues, { strict: false }).define('collection.logs').schedules();

it('logs are read while the registration asks for it', async () => {
  const added = await addCluster({ pollsLogs: true });
  await tell(added);
  const positions = async (): Promise<number> =>
    (
      await collection.database.query('SELECT 1 FROM log_file_positions WHERE node_id = ANY($1)', [
        added.nodeIds,
      ])
    ).length;
  await waitUntil(async () => (await positions()) > 0, { what: 'the first poll', timeoutMs: 15_000 });
  cluster.appendLog(0, 'one\ntwo\n');
  await waitUntil(async () => (await bodies(added, 'logs')).length > 0, { what: 'lines', timeoutMs: 15_000 });
  expect(await bodies(added, 'logs')).toEqual(['one', 'two']);
  expect(await logSchedules()).toEqual([added.clusterId]);
  await collection.database.query('UPDATE clusters SET polls_logs = false WHERE id = $1', [added.clusterId]);
  await tell(added);
  expect(await logSchedules()).toEqual([]);
  await remove(added);
});

it('what another process changed is found, and lost schedules come back', async () => {
  const schedules = collection.app.get(LogSchedules, { strict: false });
  const added = await addCluster({ pollsLogs: true });
  await schedules.reconcile();
  expect(await logSchedules()).toEqual([added.clusterId]);
  await collection.database.query('UPDATE clusters SET polls_logs = false WHERE id = $1', [added.clusterId]);
  await schedules.reconcile();
  expect(await logSchedules()).toEqual([]);
});

it('metrics are stored as soon as an integration wants them', async () => {
  const added = await addCluster();
  await tell(added);
  const now = new Date();
  await collection.database.transaction((tx) =>
    new IntegrationStore().insert(tx, {
      id: newId(),
      organizationId: 'o',
      projectId: added.projectId,
      description: 'metrics',
      sink: 'awsCloudWatchMetrics',
      source: 'metrics',
      config: { namespace: 'orders', region: 'eu-central-1', clusterIds: [added.clusterId] },
      secrets: '',
      display: {},
      settings: { metrics: ['gossip_latency_seconds_count'] },
      status: 'active',
      createdAt: now,
      updatedAt: now,
    }),
  );
  const samples = await waitUntil(
    async () => {
      const found = await bodies(added, 'metrics');
      return found.length > 0 && found.map((body) => JSON.parse(body) as MetricSample);
    },
    { what: 'metrics to be stored', timeoutMs: 15_000 },
  );
  const names = samples.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(['io_bytes', 'sys_load_avg', 'gossip_latency_seconds_count']));
  expect(names).not.toContain('gossip_latency_seconds_sum');
  await remove(added);
});

it('load is judged by the cores that an agent counted, once it has', async () => {
  const added = await addCluster({ cores: null });
  await tell(added);
  cluster.setLoad(0, 9);
  const issues = (): Promise<{ message: string }[]> =>
    collection.database.query(`SELECT message FROM issues WHERE cluster_id = $1 AND kind = 'core-load'`, [
      added.clusterId,
    ]);
  const rounds = async (): Promise<number> =>
    (await collection.database.query('SELECT 1 FROM observations WHERE cluster_id = $1', [added.clusterId]))
      .length;
  await waitUntil(async () => (await rounds()) > 2, { what: 'rounds without cores', timeoutMs: 15_000 });
  expect(await issues()).toEqual([]);
  await new ClusterStore().reportCores(collection.database, added.projectId, added.clusterId, '127.0.0.1', 4);
  const [issue] = await waitUntil(async () => ((await issues()).length > 0 ? issues() : undefined), {
    what: 'the issue',
    timeoutMs: 15_000,
  });
  expect(issue?.message).toContain('9.00 on 4 cores');
  await remove(added);
});
