import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ClusterStandIn } from '../../apps/sandbox/cluster/index.js';
import type { ClusterLook } from '../detection/index.js';
import { newId } from '../domain/index.js';
import { silentLogger } from '../observability/index.js';
import { ObservationStore } from '../persistence/index.js';
import { Queues, sinkQueueName } from '../queues/index.js';
import { waitUntil } from '../testing/index.js';
import { PollSchedules } from './index.js';
import { startBeside, startCollection, type AddedCluster } from './testing/collection-harness.js';

const FAST = {
  SPILLWAY_GOSSIP_INTERVAL: '100ms',
  SPILLWAY_HOST_INTERVAL: '100ms',
  SPILLWAY_DISK_WINDOW: '300ms',
  SPILLWAY_CONSENSUS_CONFIRM_AFTER: '200ms',
};
const cluster = new ClusterStandIn();
let collection: Awaited<ReturnType<typeof startCollection>>;
beforeAll(async () => {
  await cluster.start({ credentials: { username: 'ops', password: 'changeit' } });
  collection = await startCollection(FAST);
});
afterAll(async () => {
  await collection.stop();
  await cluster.stop();
});

interface IssueRow {
  kind: string;
  status: string;
  message: string;
  node_id: string | null;
}
const issuesOf = ({ clusterId }: AddedCluster): Promise<IssueRow[]> =>
  collection.database.query<IssueRow>('SELECT * FROM issues WHERE cluster_id = $1 ORDER BY id', [clusterId]);
const issue = (of: AddedCluster, kind: string, status: string): Promise<IssueRow> =>
  waitUntil(async () => (await issuesOf(of)).find((row) => row.kind === kind && row.status === status), {
    what: `${kind} to be ${status}`,
    timeoutMs: 15_000,
  });

describe('a registered cluster', () => {
  it('is polled, its full disk and its lost node become issues, and the issues close', async () => {
    const added = await collection.addCluster(cluster.nodes.map(({ url }) => url));
    await collection.app.get(PollSchedules).clusterChanged(added.clusterId);
    await waitUntil(async () => (await roundsOf(added)).includes('gossip 3, host 3'), {
      what: 'both rounds of all nodes to be kept',
      timeoutMs: 15_000,
    });
    cluster.setDisk(1, 90);
    expect((await issue(added, 'disk-usage', 'open')).node_id).toBe(added.nodeIds[1]);
    await cluster.setDown(2, 'refuse');
    expect((await issue(added, 'cluster-consensus', 'open')).message).toContain('refused the connection');
    cluster.setDisk(1, 50);
    await issue(added, 'disk-usage', 'closed');
    await cluster.setDown(2, null);
    await issue(added, 'cluster-consensus', 'closed');
    expect(await issuesOf(added)).toHaveLength(2);
    await remove(added);
  });

  it('leaves no open issue and no state behind when it is removed', async () => {
    const added = await collection.addCluster([cluster.nodes[0]!.url, 'http://127.0.0.1:1']);
    await collection.app.get(PollSchedules).clusterChanged(added.clusterId);
    await issue(added, 'cluster-consensus', 'open');
    await remove(added);
    const closed = await issue(added, 'cluster-consensus', 'closed');
    expect(closed.message).toBe('The cluster was removed from Spillway.');
    expect(
      await collection.database.query('SELECT * FROM detector_states WHERE cluster_id = $1', [
        added.clusterId,
      ]),
    ).toEqual([]);
  });

  it('is shared by two collectors, which open one issue together and close it', async () => {
    const beside = await startBeside(collection, FAST);
    try {
      const added = await collection.addCluster(cluster.nodes.map(({ url }) => url));
      await Promise.all(
        [collection, beside].map(({ app }) => app.get(PollSchedules).clusterChanged(added.clusterId)),
      );
      cluster.setDisk(0, 90);
      await issue(added, 'disk-usage', 'open');
      cluster.setDisk(0, 40);
      await issue(added, 'disk-usage', 'closed');
      expect(await issuesOf(added)).toHaveLength(1);
      await remove(added);
    } finally {
      await beside.stop();
    }
  });

  it('wakes the deliveries that its issues owe, wherever the sinks are worked on', async () => {
    const elsewhere = new Queues({ databaseUrl: collection.url, logger: silentLogger });
    const woken: string[] = [];
    elsewhere.work<{ deliveryId: string }>(
      sinkQueueName('slack'),
      async ({ deliveryId }) => void woken.push(deliveryId),
      { concurrency: 1 },
    );
    await elsewhere.connect();
    await elsewhere.start();
    try {
      const added = await collection.addCluster([cluster.nodes[0]!.url]);
      const integrationId = newId();
      await collection.database.query(
        `INSERT INTO integrations (id, organization_id, project_id, description, sink, source, config, secrets, display,
                                   status, created_at, updated_at)
         VALUES ($1, 'o', $2, 'alerts', 'slack', 'issues', '{}', 'sealed', '{}', 'active', now(), now())`,
        [integrationId, added.projectId],
      );
      cluster.setDisk(0, 90);
      await collection.app.get(PollSchedules).clusterChanged(added.clusterId);
      await waitUntil(() => woken.length > 0, { what: 'the delivery to be woken', timeoutMs: 15_000 });
      const owed = await collection.database.query<{ id: string }>(
        'SELECT id FROM deliveries WHERE integration_id = $1',
        [integrationId],
      );
      expect(owed.map(({ id }) => id)).toContain(woken[0]);
      await remove(added);
    } finally {
      cluster.setDisk(0, 40);
      await elsewhere.stop();
    }
  });

  async function remove(added: AddedCluster): Promise<void> {
    await collection.database.query('UPDATE clusters SET deleted_at = now() WHERE id = $1', [
      added.clusterId,
    ]);
    await collection.app.get(PollSchedules).clusterChanged(added.clusterId);
  }
  /** How many nodes the rounds that are kept have an answer of. */
  async function roundsOf({ clusterId }: AddedCluster): Promise<string> {
    const latest = await new ObservationStore().latest(collection.database, [clusterId], ['gossip', 'host']);
    return latest
      .map(({ round, look }) => {
        const { nodes } = look as Pick<ClusterLook, 'nodes'>;
        const answered = nodes.filter(({ observations: { gossip, stats } }) => (gossip ?? stats)?.ok);
        return `${round} ${answered.length}`;
      })
      .sort()
      .join(', ');
  }
});
