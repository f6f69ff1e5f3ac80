import { afterAll, describe, expect, it } from 'vitest';
import type { ClusterStandIn } from '../../apps/sandbox/cluster/index.js';
import type { IssueView } from '../../apps/sandbox/hub/index.js';
import { waitUntil } from '../../libs/testing/index.js';
import { CLOSED_COLOR, kindsByName, World, type Watched } from './support/world.js';

const PATIENCE_MS = 60_000;

/** One way of being ill, at a cluster of its own. */
interface Way {
  readonly kind: string;
  /** Kinds that come with it by their own rules, beside it. */
  readonly with?: readonly string[];
  readonly isNodeScoped?: boolean;
  readonly severity: 'warning' | 'critical';
  fallIll(cluster: ClusterStandIn): void | Promise<void>;
  recover(cluster: ClusterStandIn): void | Promise<void>;
  /** What the message must say beside the cluster: of which node, how much, against what. */
  readonly says: (urls: readonly string[]) => readonly (string | RegExp)[];
}

const host = (url: string | undefined): string => new URL(url ?? '').host;

const WAYS: Readonly<Record<string, Way>> = {
  'an overloaded node': {
    kind: 'core-load',
    isNodeScoped: true,
    severity: 'warning',
    fallIll: (cluster) => cluster.setLoad(1, 9.6),
    recover: (cluster) => cluster.setLoad(1, 1),
    says: (urls) => [
      urls[1]!,
      '2.4',
      '9.60 on 4 cores',
      'threshold of 2 per core',
      /first exceeded at \d{4}-/,
      'Consider',
    ],
  },
  'a full disk': {
    kind: 'disk-usage',
    isNodeScoped: true,
    severity: 'critical',
    fallIll: (cluster) => cluster.setDisk(0, 96.5),
    recover: (cluster) => cluster.setDisk(0, 41),
    says: (urls) => [urls[0]!, '96.5 %', '965.0 GB of 1.0 TB', 'threshold of 80 %', 'running a scavenge'],
  },
  'memory that runs out': {
    kind: 'memory-usage',
    isNodeScoped: true,
    severity: 'warning',
    fallIll: (cluster) => cluster.setMemory(2, 94),
    recover: (cluster) => cluster.setMemory(2, 60),
    says: (urls) => [urls[2]!, '94.0 %', '15.0 GB of 16.0 GB', 'threshold of 90 %', 'Consider'],
  },
  'a node without gossip': {
    kind: 'cluster-consensus',
    severity: 'warning',
    fallIll: (cluster) => cluster.setFault(1, 'no-gossip'),
    recover: (cluster) => cluster.setFault(1, 'none'),
    says: (urls) => ['1 of 3 nodes', urls[1]!, / since \d{4}-/],
  },
  'leaders that come and go': {
    kind: 'frequent-elections',
    severity: 'warning',
    fallIll: (cluster) => {
      cluster.setLeader(1);
      cluster.setLeader(2);
    },
    recover: () => undefined,
    says: (urls) => ['changed 2 times since', 'within 20 s', `${host(urls[2])} (epoch 2) leads now`],
  },
  'a follower of another leader': {
    kind: 'leader-mismatch',
    with: ['cluster-consensus'],
    severity: 'critical',
    fallIll: (cluster) => cluster.setView(2, 1),
    recover: (cluster) => cluster.setView(2, null),
    says: (urls) => [urls[2]!, host(urls[0]), host(urls[1]), / since \d{4}-/],
  },
  'a follower that stands still': {
    kind: 'node-out-of-sync',
    severity: 'warning',
    fallIll: (cluster) => cluster.setBehind(2, 'frozen'),
    recover: (cluster) => cluster.setBehind(2, 0),
    says: (urls) => [urls[2]!, host(urls[0]), /is [\d.]+ (kB|MB) behind, since \d{4}-/],
  },
  'a node that another cannot reach': {
    kind: 'unreachable-node',
    with: ['cluster-consensus'],
    severity: 'critical',
    fallIll: (cluster) => cluster.setBlind(2, 1),
    recover: (cluster) => cluster.setBlind(2, 1, false),
    says: (urls) => [`${urls[1]} is unreachable from ${urls[2]}, since 2`, 'Spillway itself reaches it'],
  },
  'a dead node': {
    kind: 'unreachable-node',
    with: ['cluster-consensus'],
    severity: 'critical',
    fallIll: (cluster) => cluster.setDown(2, 'refuse'),
    recover: (cluster) => cluster.setDown(2, null),
    says: (urls) => [
      urls[2]!,
      urls[0]!,
      urls[1]!,
      'Spillway gets no answer from it either',
      'refused the connection',
    ],
  },
  'an old leader that was cut off': {
    kind: 'leader-mismatch',
    with: ['cluster-consensus', 'unreachable-node'],
    severity: 'critical',
    fallIll: (cluster) => {
      cluster.partition([0]);
      cluster.setView(0, 0);
    },
    recover: (cluster) => {
      cluster.partition([]);
      cluster.setView(0, null);
    },
    says: (urls) => [urls[0]!, host(urls[0]), host(urls[1])],
  },
};

const ways = Object.entries(WAYS);

describe('a cluster that falls ill', () => {
  let world: World;
  const watched = new Map<string, Watched>();
  afterAll(() => world?.stop());

  const cluster = (name: string): Watched => watched.get(name)!;
  const until = (what: string, look: () => Promise<boolean>): Promise<true> =>
    waitUntil(look, { what, timeoutMs: PATIENCE_MS, intervalMs: 250 });
  const expectations = () =>
    ways.map(([name, way]) => [cluster(name), [way.kind, ...(way.with ?? [])].sort()] as const);
  const expectEachOnce = (issues: readonly IssueView[]): void =>
    expect(kindsByName(issues, expectations())).toEqual(
      Object.fromEntries(expectations().map(([{ name }, kinds]) => [name, kinds])),
    );

  it('has nothing open while it is well', async () => {
    world = await World.start({
      SPILLWAY_HOST_INTERVAL: '400ms',
      SPILLWAY_GOSSIP_INTERVAL: '600ms',
      SPILLWAY_ELECTIONS_WINDOW: '20s',
    });
    for (const [name] of ways) {
      const one = await world.watchAnother(name);
      one.standIn.setWriting(50_000);
      watched.set(name, one);
    }
    await world.untilSeen([...watched.values()]);
    expect(await world.project.issues()).toEqual([]);
  });

  it('opens just the issues of that illness, goes on with them after a restart, and closes them', async () => {
    for (const [name, way] of ways) await way.fallIll(cluster(name).standIn);
    const opened = await world.untilOpen(expectations());
    for (const [name, way] of ways) {
      const issue = opened.find(
        ({ clusterId, kind }) => clusterId === cluster(name).id && kind === way.kind,
      )!;
      const urls = cluster(name).standIn.nodes.map(({ url }) => url);
      expect(issue.severity, name).toBe(way.severity);
      expect(issue.nodeId !== null, name).toBe(way.isNodeScoped === true);
      for (const part of [name, ...way.says(urls)]) expect(issue.message, name).toMatch(part);
    }

    await world.restart('SIGTERM');
    const counted = new Map(opened.map(({ id, eventCount }) => [id, eventCount]));
    await until('every issue to go on', async () => {
      const issues = await world.project.issues();
      return issues.every(({ id, eventCount }) => eventCount > (counted.get(id) ?? Infinity));
    });
    expectEachOnce(await world.project.issues());

    for (const [name, way] of ways) await way.recover(cluster(name).standIn);
    await world.untilOpen(ways.map(([name]) => [cluster(name), []]));
    const all = await world.project.issues();
    expectEachOnce(all);
    expect(all.map(({ id }) => id).sort()).toEqual(opened.map(({ id }) => id).sort());
    await world.untilColors(...all.map(() => CLOSED_COLOR));
    await world.untilSettled();
    expect(world.slack.workspace.messages).toHaveLength(all.length);
  });
});
