import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ClusterStandIn, type ClusterStandInOptions } from '../../apps/sandbox/cluster/index.js';
import { loadSettings } from '../config/index.js';
import type { MetricSample } from '../domain/index.js';
import { Egress } from '../egress/index.js';
import { Metrics, silentLogger } from '../observability/index.js';
import type { Database } from '../persistence/index.js';
import { ManualClock } from '../testing/index.js';
import { RoundEvaluator } from './evaluate.js';
import { MetricScrapes } from './metric-scrapes.js';
import { Poller } from './poller.js';
import {
  InMemoryClusters,
  InMemoryIntake,
  InMemoryObservations,
  InMemoryQueue,
  InMemoryStates,
  RecordingStreamIntake,
  watchedCluster,
} from './testing/in-memory.js';

const { detection: DEFAULTS } = loadSettings({});

/** Who wants what, and how often that was asked. */
class Interest {
  projects = new Set(['p']);
  extra: readonly string[] | undefined = [];
  failure: Error | undefined;
  asked = { projects: 0, metrics: 0 };

  async projectsWantingMetrics(): Promise<ReadonlySet<string>> {
    this.asked.projects += 1;
    if (this.failure !== undefined) throw this.failure;
    return this.projects;
  }

  async wantedMetrics(): Promise<readonly string[] | undefined> {
    this.asked.metrics += 1;
    return this.extra;
  }
}

let cluster: ClusterStandIn;
let egress: Egress;
let clock: ManualClock;
let interest: Interest;
let streams: RecordingStreamIntake;
let observations: InMemoryObservations;
let intake: InMemoryIntake;
let metrics: Metrics;
let logged: string[];
let poller: Poller;

async function start(options: ClusterStandInOptions = {}): Promise<void> {
  cluster = new ClusterStandIn();
  await cluster.start(options);
  const clusters = new InMemoryClusters();
  clusters.clusters.set(
    'orders',
    watchedCluster(
      'orders',
      cluster.nodes.map(({ url }) => url),
    ),
  );
  const states = new InMemoryStates(clusters, intake);
  const evaluator = new RoundEvaluator(intake, states, observations, DEFAULTS, clock);
  const logger = pino({}, { write: (line: string) => void logged.push(line) });
  const scrapes = new MetricScrapes({} as Database, interest, streams, clock, logger, metrics);
  const queue = new InMemoryQueue();
  poller = new Poller(clusters, evaluator, egress, scrapes, queue, clock, logger, metrics, {
    defaults: DEFAULTS,
  });
}
beforeEach(() => {
  [egress, clock, interest, streams, metrics, logged] = [
    new Egress(),
    new ManualClock(),
    new Interest(),
    new RecordingStreamIntake(),
    new Metrics(),
    [],
  ];
  [intake, observations] = [new InMemoryIntake(), new InMemoryObservations()];
});
afterEach(async () => {
  poller.stop();
  egress.close();
  await cluster.stop();
});

async function poll(times = 1): Promise<void> {
  for (let done = 0; done < times; done += 1) {
    await poller.pollCluster('orders', 'host');
    clock.advance(15_000);
  }
}
const samples = (): MetricSample[] =>
  streams.batches.flatMap(({ entries }) => entries.map(({ body }) => JSON.parse(body) as MetricSample));
const named = (name: string): MetricSample[] => samples().filter((sample) => sample.name === name);
const countOf = async (result: string): Promise<number> => {
  const { values } = await metrics.metricSamples.get();
  return values.find(({ labels }) => labels.result === result)?.value ?? 0;
};

describe('metrics of a round', () => {
  it('become entries of the cluster, of all its nodes at once, without a further question', async () => {
    await start();
    cluster.setLoad(1, 9.5);
    const asked = clock.now().getTime();
    await poll();
    expect(cluster.nodes.map(({ requests }) => requests)).toEqual([2, 2, 2]);
    expect(streams.batches).toHaveLength(1);
    expect(streams.batches[0]).toMatchObject({ projectId: 'p', source: 'metrics', cluster: 'orders' });
    const { entries } = streams.batches[0]!;
    const hosts = cluster.nodes.map(({ url }) => new URL(url).host);
    expect([...new Set(entries.map(({ node }) => node))]).toEqual(hosts);
    expect(entries.every(({ timeMs, level }) => timeMs === asked && level === null)).toBe(true);
    const load = entries.filter(({ node, body }) => node === hosts[1] && body.includes('"1m"'));
    expect(load.map(({ body }) => body)).toEqual([
      '{"name":"sys_load_avg","labels":{"period":"1m"},"value":9.5,"type":"gauge","origin":"host"}',
    ]);
    expect(await countOf('accepted')).toBe(entries.length);
  });

  it.each(['23.10', '24.10', '25.1', '26.1'] as const)(
    'of %s have the same names, types and labels',
    async (version) => {
      await start({ nodes: 1, version });
      await poll();
      const shapes = samples().map(
        ({ name, labels, type }) => `${name} ${Object.keys(labels).join()} ${type}`,
      );
      expect(shapes).toEqual(
        expect.arrayContaining([
          'io_bytes activity counter',
          'disk_io_operations activity counter',
          'proc_cpu  gauge',
          'checkpoints name,read gauge',
          'sys_disk_bytes disk,kind gauge',
        ]),
      );
      expect(shapes.filter((shape) => /_total|otel|pid|^statuses|^gossip/.test(shape))).toEqual([]);
    },
  );

  it('are read from /stats where there is no page of them, and only there', async () => {
    await start({ nodes: 1, version: '22.10' });
    await poll();
    expect(named('disk_io_bytes').map(({ labels }) => labels)).toEqual([
      { activity: 'read' },
      { activity: 'written' },
    ]);
    expect(named('sys_load_avg')).toHaveLength(3);
    expect(named('checkpoints')).toHaveLength(1);
    await cluster.stop();
    streams.batches.length = 0;
    await start({ nodes: 1 });
    await poll();
    expect(named('sys_load_avg')).toHaveLength(3);
  });

  it('are what is extra, too', async () => {
    await start({ nodes: 1 });
    interest.extra = ['eventstore_statuses', 'gossip_latency_seconds_bucket'];
    await poll();
    expect(named('statuses')[0]).toMatchObject({ labels: { name: 'Node', status: 'Leader' }, type: 'gauge' });
    expect(named('gossip_latency_seconds_bucket')).toHaveLength(2);
    expect(named('incoming_grpc_calls')).toEqual([]);
  });

  it('are lost when they cannot be stored, which detection does not notice', async () => {
    await start();
    streams.failure = new Error('the database is full');
    cluster.setDisk(1, 90);
    await poll(8);
    expect(intake.open.map(({ kind }) => kind)).toEqual(['disk-usage']);
    expect(observations.kept).toHaveLength(8);
    expect(await countOf('accepted')).toBe(0);
    expect(await countOf('lost')).toBeGreaterThan(0);
    expect(logged.filter((line) => line.includes('metrics.lost'))).toHaveLength(8);
    streams.failure = undefined;
    await poll();
    expect(streams.batches).toHaveLength(1);
  });

  it('are missing while it is not known who wants them, which detection does not notice either', async () => {
    await start();
    interest.failure = new Error('the database is away');
    await poll();
    expect([streams.batches, observations.kept.length]).toEqual([[], 1]);
    interest.failure = undefined;
    await poll();
    expect(streams.batches).toHaveLength(1);
  });

  it('leave no trace in what is kept of the round', async () => {
    await start({ nodes: 1 });
    await poll();
    interest.projects = new Set();
    await poll();
    const [withMetrics, without] = observations.kept.map(
      ({ look }) => look as { nodes: { observations: object }[] },
    );
    const shape = (look: typeof withMetrics): string => JSON.stringify(look).replace(/"at":"[^"]*"/g, '');
    expect(shape(withMetrics)).toBe(shape(without));
  });
});

describe('when nobody wants metrics', () => {
  it('nobody is asked about a cluster, and projects once in five seconds for all', async () => {
    await start();
    interest.projects = new Set(['another']);
    for (let done = 0; done < 10; done += 1) {
      await poller.pollCluster('orders', 'host');
      clock.advance(1_000);
    }
    expect(interest.asked).toEqual({ projects: 2, metrics: 0 });
    expect(streams.batches).toEqual([]);
  });

  it('of this cluster, nothing is appended', async () => {
    await start();
    interest.extra = undefined;
    await poll();
    expect([streams.batches, interest.asked.metrics]).toEqual([[], 1]);
  });
});

it.each([
  ['not-found', ['proc_cpu']],
  ['timeout', []],
  ['unauthorized', []],
])('when the page of metrics is %s, /stats are worth %j', async (code, expected) => {
  await start({ nodes: 1 });
  const scrapes = new MetricScrapes({} as Database, interest, streams, clock, silentLogger, metrics);
  const watched = watchedCluster('orders', ['http://n1.example.com:2113']);
  const [node] = watched.nodes;
  const scrape = await scrapes.begin(watched);
  const at = clock.now().toISOString();
  scrape!.overhear({ endpoint: 'stats', address: node!.address, at, body: '{"proc-cpu":1}' });
  const said = { metrics: { at, ok: false, code, reason: '' } } as const;
  await scrape!.store({
    cluster: { name: 'orders-db' },
    at: clock.now(),
    nodes: [{ node: node!, observations: said }],
  });
  expect(samples().map(({ name }) => name)).toEqual(expected);
});

it('takes so many series of a node, counts the others, and says so once until there are fewer', async () => {
  await start({ nodes: 1 });
  const scrapes = new MetricScrapes(
    {} as Database,
    interest,
    streams,
    clock,
    pino({}, { write: (line: string) => void logged.push(line) }),
    metrics,
  );
  const address = 'http://n1.example.com:2113';
  const round = async (series: number): Promise<void> => {
    const scrape = await scrapes.begin(watchedCluster('orders', [address]));
    const body = Array.from({ length: series }, (_, index) => `kurrentdb_proc_cpu{x="${index}"} 1`).join(
      '\n',
    );
    scrape!.overhear({ endpoint: 'metrics', address, at: clock.now().toISOString(), body });
    await scrape!.store({ cluster: { name: 'orders-db' }, at: clock.now(), nodes: [] });
  };
  const warnings = (): number => logged.filter((line) => line.includes('metrics.left_out')).length;
  await round(2_005);
  await round(2_005);
  expect([samples().length, await countOf('left-out'), warnings()]).toEqual([4_000, 10, 1]);
  await round(2_000);
  await round(2_001);
  expect(warnings()).toBe(2);
});
