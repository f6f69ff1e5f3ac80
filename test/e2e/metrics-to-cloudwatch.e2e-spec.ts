import { afterEach, expect, it } from 'vitest';
import { ClusterStandIn } from '../../apps/sandbox/cluster/index.js';
import type { MetricDatum } from '../../apps/sandbox/cloudwatch/index.js';
import type { LedgerView } from '../../apps/sandbox/hub/index.js';
import { waitUntil } from '../../libs/testing/index.js';
import { ArrivingData, dimensionsOf, identityOf } from './support/arriving-data.js';
import { AwsWorld } from './support/aws-world.js';

/** A period, its grace, and what comes after. */
const PERIOD_PATIENCE_MS = 110_000;
const HOST_PATIENCE_MS = 20_000;
const PERIOD_SECONDS = 60;
/** Of a period's readings the first or last may come so much later. */
const READING_SECONDS = 10;
const NAMESPACE = 'orders';
const DATABASE = `${NAMESPACE}/eventstoredb`;
const HOST = `${NAMESPACE}/host`;
/** So much a simulated node reads. */
const BYTES_PER_SECOND = 1_000;
const NODES = [0, 1, 2];
const LOAD = 1.5;

let world: AwsWorld<ArrivingData>;
const cluster = new ClusterStandIn();
afterEach(async () => {
  await world?.stop();
  await cluster.stop();
});

const nodeOf = (index: number): string => new URL(cluster.nodes[index]!.url).host;

/** What this account refuses: one datum of each period. */
const isRefused = (datum: MetricDatum): boolean => {
  const { period, Node } = dimensionsOf(datum);
  return datum.MetricName === 'sys_load_avg' && period === '15m' && Node === nodeOf(0);
};

const named = (data: readonly MetricDatum[], name: string, label: string, value: string): MetricDatum[] =>
  data.filter((datum) => datum.MetricName === name && dimensionsOf(datum)[label] === value);

/** Two periods, and whatever the ledger says of them. */
async function untilTwoPeriods(integration: string): Promise<LedgerView> {
  const { aws } = world;
  for (const period of [1, 2])
    await waitUntil(() => aws.arrivalsIn(DATABASE).length >= period, {
      what: `period ${period}`,
      timeoutMs: PERIOD_PATIENCE_MS,
      intervalMs: 100,
    });
  // The host's part comes in several calls, because something in it is refused; of both periods it is the same series.
  await waitUntil(
    () => {
      const periods = Map.groupBy(aws.metrics.data(HOST), ({ Timestamp }) => Timestamp);
      const [first, second] = [...periods.values()];
      return second !== undefined && second.length === first?.length;
    },
    { what: "the host's part of both periods", timeoutMs: HOST_PATIENCE_MS, intervalMs: 100 },
  );
  const arrived = (): number => aws.metrics.data(DATABASE).length + aws.metrics.data(HOST).length;
  const isTold = ({ rejected, delivered }: LedgerView): boolean => rejected > 0 && delivered === arrived();
  return world.untilLedger(integration, isTold, 'a ledger that knows what arrived');
}

/** What is true of any data of ours. */
function checkShape(data: readonly MetricDatum[]): void {
  expect(new Set(data.map(identityOf)).size).toBe(data.length);
  expect(new Set(data.map(({ Timestamp }) => Timestamp! % PERIOD_SECONDS))).toEqual(new Set([0]));
  expect(new Set(data.map((datum) => dimensionsOf(datum)['Cluster']))).toEqual(new Set(['orders-db']));
  const strange = /_bucket$|_total$|^otel|^kurrentdb|^eventstore/;
  expect(data.filter(({ MetricName }) => strange.test(MetricName))).toEqual([]);
}

/** A gauge is what it was, as often as it was seen. */
function checkGauges(host: readonly MetricDatum[]): void {
  const loads = named(host, 'sys_load_avg', 'period', '1m');
  expect(new Set(loads.map((datum) => dimensionsOf(datum)['Node']))).toEqual(new Set(NODES.map(nodeOf)));
  for (const { Values, Unit } of loads) expect([Values, Unit]).toEqual([[LOAD], 'None']);
  expect(loads.some(({ Counts = [] }) => (Counts[0] ?? 0) > PERIOD_SECONDS / 2)).toBe(true);
  for (const { Unit } of named(host, 'sys_disk_bytes', 'kind', 'used')) expect(Unit).toBe('Bytes');
}

/** A counter is what was added, of a whole period what was added in a minute. */
function checkCounters(first: readonly MetricDatum[], second: readonly MetricDatum[]): void {
  const addedIn = (data: readonly MetricDatum[]): number[] => {
    const read = named(data, 'io_bytes', 'activity', 'read');
    expect(read).toHaveLength(NODES.length);
    for (const datum of read) {
      expect(Object.keys(dimensionsOf(datum))).toEqual(['Cluster', 'Node', 'activity']);
      expect([datum.Values?.length, datum.Counts, datum.Unit]).toEqual([1, undefined, 'Bytes']);
    }
    return read.map(({ Values }) => Values![0]! / BYTES_PER_SECOND);
  };
  for (const seconds of addedIn(first)) expect(seconds).toBeLessThan(PERIOD_SECONDS + READING_SECONDS);
  for (const seconds of addedIn(second))
    expect(Math.abs(seconds - PERIOD_SECONDS)).toBeLessThan(READING_SECONDS);
}

interface Rejected {
  readonly node: string;
  readonly cluster: string;
  readonly body: string;
}

/** The samples of the one datum are listed, and no others. */
async function checkRejected(integration: string, expected: number): Promise<void> {
  const path = `${world.project.integration(integration)}/rejected?limit=200`;
  const { rejected } = await world.client.call<{ rejected: Rejected[] }>('GET', path);
  expect(rejected).toHaveLength(expected);
  for (const { body, ...place } of rejected) {
    expect(place).toMatchObject({ node: nodeOf(0), cluster: 'orders-db' });
    expect(JSON.parse(body)).toMatchObject({ name: 'sys_load_avg', labels: { period: '15m' } });
  }
}

it('brings the metrics of a cluster to both namespaces, a call a minute, and rejects the one datum that AWS refuses', async () => {
  await cluster.start({ nodes: NODES.length, version: '25.1' });
  for (const node of NODES) cluster.setLoad(node, LOAD);
  const intervals = { SPILLWAY_HOST_INTERVAL: '1s', SPILLWAY_GOSSIP_INTERVAL: '5s' };
  world = await AwsWorld.start(new ArrivingData(), { LOG_LEVEL: 'warn', ...intervals });
  const { aws, project } = world;
  aws.metrics.refuse(isRefused);
  const integration = await world.addMetrics(NAMESPACE);
  await project.addCluster(
    'orders-db',
    cluster.nodes.map(({ url }) => url),
  );
  const ledger = await untilTwoPeriods(integration);

  const [first, second, ...more] = aws.arrivalsIn(DATABASE).map(({ data }) => data);
  expect(more).toEqual([]);
  const periodsOf = (data: readonly MetricDatum[] = []): number[] => [
    ...new Set(data.map(({ Timestamp }) => Timestamp!)),
  ];
  expect(periodsOf(second)).toEqual(periodsOf(first).map((period) => period + PERIOD_SECONDS));
  const host = aws.metrics.data(HOST);
  expect(new Set(periodsOf(host))).toEqual(new Set([...periodsOf(first), ...periodsOf(second)]));
  for (const data of [first!, second!, host]) checkShape(data);
  checkGauges(host);
  checkCounters(first!, second!);

  expect(host.filter(isRefused)).toEqual([]);
  await checkRejected(integration, ledger.rejected);
  expect(ledger).toMatchObject({ suppressed: 0, parked: 0, expired: 0, balanced: true });
  expect(ledger.coalesced).toBeGreaterThan(ledger.delivered);
}, 300_000);
