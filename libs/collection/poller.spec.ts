import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ClusterStandIn } from '../../apps/sandbox/cluster/index.js';
import { loadSettings } from '../config/index.js';
import type { Round } from '../detection/index.js';
import { Egress } from '../egress/index.js';
import { Metrics, silentLogger } from '../observability/index.js';
import { ManualClock, waitUntil } from '../testing/index.js';
import { RoundEvaluator } from './evaluate.js';
import { Poller } from './poller.js';
import {
  InMemoryClusters,
  InMemoryIntake,
  InMemoryObservations,
  InMemoryQueue,
  InMemoryStates,
  NO_SCRAPES,
  watchedCluster,
} from './testing/in-memory.js';

const { detection: DEFAULTS } = loadSettings({ SPILLWAY_OUT_OF_SYNC_LAG: '20ms' });
const CLUSTER = 'orders';

let cluster: ClusterStandIn;
let egress: Egress;
let clock: ManualClock;
let clusters: InMemoryClusters;
let intake: InMemoryIntake;
let states: InMemoryStates;
let observations: InMemoryObservations;
let queue: InMemoryQueue;
let metrics: Metrics;
let poller: Poller;

beforeEach(async () => {
  cluster = new ClusterStandIn();
  await cluster.start();
  [egress, clock, clusters, intake, queue, metrics] = [
    new Egress(),
    new ManualClock(),
    new InMemoryClusters(),
    new InMemoryIntake(),
    new InMemoryQueue(),
    new Metrics(),
  ];
  states = new InMemoryStates(clusters, intake);
  observations = new InMemoryObservations();
  register(3);
  restart();
});
afterEach(async () => {
  poller.stop();
  egress.close();
  await cluster.stop();
});

function register(size: number): void {
  const addresses = cluster.nodes.slice(0, size).map(({ url }) => url);
  clusters.clusters.set(CLUSTER, watchedCluster(CLUSTER, addresses));
}

/** A new process: nothing is kept but what the stores keep. */
function restart(timeoutMs = 2_000): void {
  const evaluator = new RoundEvaluator(intake, states, observations, DEFAULTS, clock);
  const options = { defaults: DEFAULTS, timeoutMs };
  poller = new Poller(clusters, evaluator, egress, NO_SCRAPES, queue, clock, silentLogger, metrics, options);
}

async function poll(round: Round, { times = 1, everyMs = 15_000 } = {}): Promise<void> {
  for (let done = 0; done < times; done += 1) {
    await poller.pollCluster(CLUSTER, round);
    clock.advance(everyMs);
  }
}

describe("a node's disk", () => {
  it('opens one issue when it stays full, keeps it up, and closes it, over restarts', async () => {
    cluster.setDisk(1, 85);
    await poll('host', { times: 2 });
    restart();
    await poll('host', { times: 2 });
    expect(intake.events).toEqual([]);
    await poll('host');
    restart();
    cluster.setDisk(1, 96);
    await poll('host');
    cluster.setDisk(1, 70);
    await poll('host', { times: 2 });
    expect(intake.events).toEqual([
      'disk-usage open warning',
      'disk-usage open critical',
      'disk-usage closed critical',
    ]);
    expect(intake.reports[0]).toMatchObject({
      key: 'spillway:disk-usage:orders:n1',
      clusterId: CLUSTER,
      nodeId: 'n1',
      time: new Date('2026-01-01T00:01:00Z'),
    });
    expect(intake.reports[0]?.message).toContain(cluster.nodes[1]?.url);
  });

  it('is neither good nor bad while its node does not answer', async () => {
    cluster.setDisk(0, 85);
    await poll('host', { times: 5 });
    await cluster.setDown(0, 'refuse');
    await poll('host', { times: 5 });
    expect(intake.events).toEqual(['disk-usage open warning']);
    expect(observations.latestOf('n0')).toMatchObject({ stats: { ok: false, code: 'refused' } });
  });
});

describe('a cluster whose nodes disagree', () => {
  it('is looked at again before it counts, and is over as soon as they agree', async () => {
    cluster.partition([2]);
    await poll('gossip', { everyMs: 10_000 });
    expect(queue.later).toEqual([{ id: 'orders.gossip', delayMs: 10_000 }]);
    restart();
    await poll('gossip');
    cluster.partition([]);
    await poll('gossip', { times: 2 });
    expect(intake.events).toEqual(['cluster-consensus open warning', 'cluster-consensus closed warning']);
    expect(intake.reports[0]).toMatchObject({ key: 'spillway:cluster-consensus:orders', nodeId: null });
  });

  it.each(['html', 'half-json', 'huge', 'hang', 'slow-body', 'unavailable'] as const)(
    'has one failed observation with its reason when a node answers badly (%s)',
    async (fault) => {
      restart(300);
      cluster.setFault(2, fault);
      await poll('gossip', { times: 2 });
      const observed = observations.latestOf('n2')?.gossip as { ok: boolean; reason: string };
      expect(observed.ok).toBe(false);
      expect(intake.reports[0]?.message).toContain(observed.reason);
    },
  );

  it('has no live leader: that is critical', async () => {
    await cluster.setDown(0, 'refuse');
    await cluster.setDown(1, 'refuse');
    await poll('gossip', { times: 2 });
    expect(intake.events).toEqual(['cluster-consensus open critical']);
  });
});

it('a single node without gossip is well as long as /info says that it leads', async () => {
  await cluster.stop();
  await cluster.start({ nodes: 1 });
  register(1);
  cluster.setFault(0, 'no-gossip');
  await poll('gossip', { times: 3 });
  expect(intake.events).toEqual([]);
});

it('asks a follower again that is behind, and counts that as a question for gossip', async () => {
  cluster.setBehind(1, 5_000);
  await poll('gossip');
  expect(observations.latestOf('n1')?.laterSelf).toMatchObject({ ok: true, value: { state: 'Follower' } });
  expect(observations.latestOf('n2')?.laterSelf).toBeUndefined();
  const text = await metrics.registry.metrics();
  expect(text).toContain('spillway_node_polls_total{endpoint="gossip",result="ok"} 4');
  expect(text).not.toContain('laterSelf');
});

it.each([
  [4_000, 6_000],
  [60_000, 1],
])(
  'wakes itself so long after the beginning of the round, not after its end (%d ms later: in %d)',
  async (tookMs, delayMs) => {
    cluster.partition([2]);
    const append = observations.append.bind(observations);
    observations.append = async (...kept) => {
      clock.advance(tookMs);
      return append(...kept);
    };
    await poll('gossip');
    expect(queue.later).toEqual([{ id: 'orders.gossip', delayMs }]);
  },
);

it('asks so many clusters at once and no more, while others wait for their second question', async () => {
  let [asking, most] = [0, 0];
  const get = async () => {
    most = Math.max(most, ++asking);
    await new Promise((resolve) => setImmediate(resolve));
    asking -= 1;
    return { status: 204, headers: {}, bytes: Buffer.alloc(0), body: '' };
  };
  const evaluator = { evaluate: async () => ({ reported: [] }) };
  const many = Array.from({ length: 200 }, (_, index) => `cluster-${index}`);
  for (const id of many) clusters.clusters.set(id, watchedCluster(id, ['http://n1.example.com:2113']));
  const options = { defaults: DEFAULTS };
  const busy = new Poller(
    clusters,
    evaluator,
    { get },
    NO_SCRAPES,
    queue,
    clock,
    silentLogger,
    metrics,
    options,
  );
  await Promise.all(many.map((id) => busy.pollCluster(id, 'gossip')));
  // Gossip fails, and after that the other two questions are asked together.
  expect(most).toBe(2 * 64);
});

it('says once in the log that this process has not the key of the credentials', async () => {
  const logged: string[] = [];
  const logger = pino({}, { write: (line: string) => void logged.push(line) });
  const evaluator = new RoundEvaluator(intake, states, observations, DEFAULTS, clock);
  poller = new Poller(clusters, evaluator, egress, NO_SCRAPES, queue, clock, logger, metrics, {
    defaults: DEFAULTS,
  });
  const warnings = () => logged.filter((line) => line.includes('cluster.credentials_unreadable'));
  await poll('host');
  expect(warnings()).toEqual([]);
  clusters.clusters.set(CLUSTER, { ...clusters.clusters.get(CLUSTER)!, credentials: 'unreadable' });
  await poll('host', { times: 2 });
  expect(warnings()).toHaveLength(1);
  expect(JSON.parse(warnings()[0]!)).toMatchObject({
    clusterId: CLUSTER,
    reason: expect.stringContaining('SPILLWAY_SECRET_KEY'),
  });
});

it('counts what it asked, by endpoint and result', async () => {
  await cluster.setDown(2, 'refuse');
  await poll('gossip');
  const text = await metrics.registry.metrics();
  expect(text).toContain('spillway_node_polls_total{endpoint="gossip",result="ok"} 2');
  expect(text).toContain('spillway_node_polls_total{endpoint="info",result="refused"} 1');
});

it('does not judge what was given up because the hub stops', async () => {
  for (const index of [0, 1, 2]) cluster.setFault(index, 'hang');
  const polled = poller.pollCluster(CLUSTER, 'gossip');
  poller.stop();
  await polled;
  expect([observations.kept, queue.later]).toEqual([[], []]);
});

it('does not judge what waited for its second question when the hub stops', async () => {
  const defaults = loadSettings({ SPILLWAY_OUT_OF_SYNC_LAG: '15s' }).detection;
  const evaluator = new RoundEvaluator(intake, states, observations, defaults, clock);
  poller = new Poller(clusters, evaluator, egress, NO_SCRAPES, queue, clock, silentLogger, metrics, {
    defaults,
  });
  cluster.setBehind(1, 5_000);
  const polled = poller.pollCluster(CLUSTER, 'gossip');
  const answered = (): boolean => cluster.nodes.every(({ requests }) => requests === 3);
  await waitUntil(answered, { what: 'the first questions to be answered' });
  poller.stop();
  await polled;
  expect(observations.kept).toEqual([]);
});

it('never polls a cluster twice at once: what is wanted meanwhile follows', async () => {
  let [asking, mostAsking, rounds] = [0, 0, 0];
  const load = clusters.load.bind(clusters);
  clusters.load = async (id) => {
    rounds += 1;
    mostAsking = Math.max(mostAsking, ++asking);
    return load(id);
  };
  const append = observations.append.bind(observations);
  observations.append = async (...kept) => {
    asking -= 1;
    return append(...kept);
  };
  await Promise.all([1, 2, 3].map(() => poller.pollCluster(CLUSTER, 'host')));
  expect([mostAsking, rounds]).toEqual([1, 2]);
  await poller.pollCluster(CLUSTER, 'host');
  expect(rounds).toBe(3);
});

it('does nothing for a cluster that was removed, or that lost a node while it was polled', async () => {
  await poller.pollCluster('another', 'gossip');
  cluster.setDisk(0, 99);
  await poll('host', { times: 4 });
  const load = clusters.load.bind(clusters);
  clusters.load = async (id) => {
    const loaded = await load(id);
    register(2);
    return loaded;
  };
  await poll('host');
  expect(intake.events).toEqual([]);
});

it('stores nothing of a round whose events were not accepted', async () => {
  cluster.setDisk(0, 99);
  await poll('host', { times: 4 });
  const remembered = new Map(states.rows);
  const run = intake.run.bind(intake);
  intake.run = () => Promise.reject(new Error('the database is away'));
  await expect(poll('host')).rejects.toThrow('the database is away');
  expect(states.rows).toEqual(remembered);
  intake.run = run;
  await poll('host');
  expect(intake.events).toEqual(['disk-usage open critical']);
});
