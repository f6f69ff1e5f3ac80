import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ClusterStandIn } from '../../apps/sandbox/cluster/index.js';
import { Intake } from '../delivery/index.js';
import type { ClusterLook, DetectionSettings } from '../detection/index.js';
import { systemClock } from '../domain/index.js';
import { DetectorStateStore } from '../persistence/index.js';
import { waitUntil } from '../testing/index.js';
import { RoundEvaluator } from './evaluate.js';
import { ClusterIssues, PollSchedules } from './index.js';
import { startCollection, type AddedCluster } from './testing/collection-harness.js';
import { WatchedClusters } from './watched-clusters.js';

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
    await waitUntil(
      async () => (await observationsOf(added)).every(({ gossip, stats }) => gossip?.ok && stats?.ok),
      {
        what: 'all nodes to be observed',
        timeoutMs: 15_000,
      },
    );
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
    expect(await statesOf(added)).toEqual([]);
  });

  async function remove(added: AddedCluster): Promise<void> {
    await collection.database.query('UPDATE clusters SET deleted_at = now() WHERE id = $1', [
      added.clusterId,
    ]);
    await collection.app.get(PollSchedules).clusterChanged(added.clusterId);
  }
  async function observationsOf({ clusterId }: AddedCluster) {
    const sql = 'SELECT observations FROM cluster_nodes WHERE cluster_id = $1';
    const rows = await collection.database.query<{ observations: Record<string, { ok: boolean }> }>(sql, [
      clusterId,
    ]);
    return rows.map(({ observations }) => observations);
  }
});

const statesOf = ({ clusterId }: AddedCluster) =>
  collection.database.query('SELECT * FROM detector_states WHERE cluster_id = $1', [clusterId]);

/** Clusters below are never scheduled: nobody polls them but the test. */
describe('judging a round', () => {
  const SETTINGS: DetectionSettings = {
    diskThresholdPercent: 80,
    diskWindowMs: 0,
    consensusConfirmAfterMs: 0,
    hostMaxGapMs: 45_000,
    gossipMaxGapMs: 90_000,
  };
  const evaluator = () =>
    new RoundEvaluator(
      collection.app.get(Intake, { strict: false }),
      new DetectorStateStore(),
      SETTINGS,
      systemClock,
    );
  const fullDisks = ({ nodeIds }: AddedCluster): ClusterLook => {
    const at = systemClock.now();
    const value = { drives: [{ mount: '/', totalBytes: 100, availableBytes: 10 }] };
    const observations = { stats: { at: at.toISOString(), ok: true, value } } as const;
    return {
      cluster: { name: 'orders-db' },
      at,
      nodes: nodeIds.map((id) => ({ node: { id, address: 'http://n1.example.com' }, observations })),
    };
  };
  const load = async ({ clusterId }: AddedCluster) =>
    (await collection.app.get(WatchedClusters, { strict: false }).load(clusterId))!;
  const twoNodes = ['http://n1.example.com:2113', 'http://n2.example.com:2113'];

  it('is done by one collector at a time, and one issue per node comes of it', async () => {
    const added = await collection.addCluster(twoNodes);
    const watched = await load(added);
    expect(watched.credentials).toEqual({ username: 'ops', password: 'changeit' });
    await Promise.all(
      Array.from({ length: 6 }, () => evaluator().evaluate(watched, 'host', fullDisks(added))),
    );
    const issues = await collection.database.query<{ event_count: number }>(
      'SELECT event_count FROM issues WHERE cluster_id = $1',
      [added.clusterId],
    );
    expect(issues).toEqual([{ event_count: 6 }, { event_count: 6 }]);
    expect(await statesOf(added)).toHaveLength(2);
  });

  it('opens nothing for a cluster that was removed meanwhile', async () => {
    const added = await collection.addCluster(twoNodes);
    const watched = await load(added);
    await collection.database.query('UPDATE clusters SET deleted_at = now() WHERE id = $1', [
      added.clusterId,
    ]);
    await evaluator().evaluate(watched, 'host', fullDisks(added));
    expect([await issuesOf(added), await statesOf(added)]).toEqual([[], []]);
  });

  it('is forgotten for a node that was removed, and its issue is closed', async () => {
    const added = await collection.addCluster(twoNodes);
    await evaluator().evaluate(await load(added), 'host', fullDisks(added));
    const [gone, kept] = added.nodeIds;
    await collection.database.query('DELETE FROM cluster_nodes WHERE id = $1', [gone]);
    const clusterIssues = collection.app.get(ClusterIssues, { strict: false });
    await clusterIssues.closeLeftovers();
    await clusterIssues.closeLeftovers(added.clusterId);
    const issues = await issuesOf(added);
    expect(issues.map(({ node_id, status }) => `${node_id} ${status}`).sort()).toEqual(
      [`${gone} closed`, `${kept} open`].sort(),
    );
    expect(issues.find(({ node_id }) => node_id === gone)?.message).toBe(
      'The node was removed from Spillway.',
    );
    expect(await statesOf(added)).toMatchObject([{ subject: kept }]);
  });

  it('goes on from what was stored', async () => {
    const added = await collection.addCluster(twoNodes);
    const store = new DetectorStateStore();
    await collection.database.transaction(async (tx) => {
      await store.lockCluster(tx, added.clusterId);
      await store.save(
        tx,
        added.clusterId,
        [{ detector: 'd', subject: '', state: { n: 1 } }],
        systemClock.now(),
      );
      await store.save(
        tx,
        added.clusterId,
        [{ detector: 'd', subject: '', state: { n: 2 } }],
        systemClock.now(),
      );
      expect(await store.load(tx, added.clusterId, ['d'])).toEqual([
        { detector: 'd', subject: '', state: { n: 2 } },
      ]);
      expect(await store.load(tx, added.clusterId, ['other'])).toEqual([]);
      await store.forget(tx, added.clusterId);
      expect(await store.load(tx, added.clusterId, ['d'])).toEqual([]);
    });
  });
});
