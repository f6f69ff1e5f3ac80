import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { NewEntry } from '../../domain/index.js';
import { hostileText } from '../../testing/sink-conformance.samples.js';
import { describeStreamConformance, sendAll } from '../../testing/stream-conformance.js';
import { awsAnswers } from '../aws.answers.fixture.js';
import { entryOf, windowOf } from './aws-cloud-watch-metrics.engine.fixture.js';
import type { MetricsParcel } from './aws-cloud-watch-metrics.parcels.js';
import { KEYS, NAMESPACE, startMetricsRig, type MetricsRig } from './aws-cloud-watch-metrics.rig.fixture.js';
import { awsCloudWatchMetricsSink } from './index.js';

const HOUR_MS = 3_600_000;
/** Of three nodes in ten minutes that are over. */
const sample = (index: number, now: Date): NewEntry =>
  entryOf(
    now.getTime() - 900_000 + (index % 40) * 15_000,
    index % 2 === 0
      ? { name: 'checkpoints', labels: { name: 'writer', read: 'non-flushed' }, value: index }
      : { name: 'sys_load_avg', labels: { period: '1m' }, value: index / 7, origin: 'host' },
    `n${index % 3}.example.com:2113`,
  );

/** So many data as there are nodes, metrics and minutes. */
const dataOf = (samples: readonly NewEntry[]): number =>
  new Set(
    samples.map(({ timeMs, node, body }) =>
      [Math.floor(timeMs / 60_000), node, (JSON.parse(body) as { name: string }).name].join(' '),
    ),
  ).size;

const number = fc.oneof(
  fc.double(),
  fc.constantFrom(2 ** 360, -(2 ** 360), 2 ** 361, 1e-320, 1e308, 2 ** -361, -0),
);
const hostile = (now: Date): fc.Arbitrary<NewEntry> =>
  fc.record({
    timeMs: fc
      .oneof(fc.integer({ min: -400 * HOUR_MS, max: 3 * HOUR_MS }), fc.constantFrom(0, -HOUR_MS))
      .map((ms) => now.getTime() + ms),
    node: hostileText,
    level: fc.constant(null),
    body: fc.oneof(
      hostileText,
      fc.constantFrom('', '{', '{}', 'null', '[]', '{"name":1}', '"sample"'),
      fc
        .record({
          name: fc.oneof(hostileText, fc.constantFrom('io_bytes', 'statuses', ':a', ' ', 'x'.repeat(400))),
          labels: fc.dictionary(hostileText, hostileText, { maxKeys: 40 }),
          value: fc.oneof(number, fc.constantFrom('NaN', null)),
          type: fc.constantFrom('gauge', 'counter', 'histogram'),
          origin: fc.constantFrom('eventstoredb', 'host'),
        })
        .map((one) => JSON.stringify(one).replace('"NaN"', '1e999')),
    ),
  });

describeStreamConformance<MetricsRig>({
  definition: awsCloudWatchMetricsSink,
  start: async () => ({ ...(await startMetricsRig()), settings: { metrics: ['*'] } }),
  sample,
  hostile,
  heldOf: dataOf,
  answers: awsAnswers('cloudwatch:PutMetricData'),
});

describe('a line to CloudWatch Metrics', () => {
  let rig: MetricsRig;
  let line: ReturnType<typeof awsCloudWatchMetricsSink.connect>;
  const begin = Math.floor((Date.now() - HOUR_MS) / 60_000) * 60_000;
  const gauges = (count: number): NewEntry[] =>
    Array.from({ length: count }, (_, index) =>
      entryOf(begin + 1_000, { name: 'sys_load_avg', labels: { period: `${index}` }, value: index }),
    );
  const pack = (entries: readonly NewEntry[]): readonly MetricsParcel[] =>
    line.pack(windowOf(entries)).parcels as readonly MetricsParcel[];

  beforeEach(async () => {
    rig = await startMetricsRig();
    line = awsCloudWatchMetricsSink.connect(rig.config, rig.secrets, rig.environment);
  });
  afterEach(async () => {
    line.close();
    await rig.stop();
  });

  it('puts data of the database and of the host into a namespace each, with few dimensions and a unit', async () => {
    const entries = [
      entryOf(begin + 1_000, { name: 'sys_mem_bytes', labels: { kind: 'free' }, value: 5, origin: 'host' }),
      entryOf(begin + 16_000, { name: 'sys_mem_bytes', labels: { kind: 'free' }, value: 7, origin: 'host' }),
      entryOf(begin + 1_000, {
        name: 'gc_pause_duration_max_seconds',
        labels: { range: '16-20 seconds' },
        value: 0.5,
      }),
    ];
    await sendAll(line, pack(entries));
    const ours = [
      { Name: 'Cluster', Value: 'orders-db' },
      { Name: 'Node', Value: 'n1' },
    ];
    const { metrics } = rig.aws;
    expect(metrics.data(`${NAMESPACE}/host`)).toEqual([
      {
        MetricName: 'sys_mem_bytes',
        Dimensions: [...ours, { Name: 'kind', Value: 'free' }],
        Unit: 'Bytes',
        Values: [5, 7],
        Timestamp: begin / 1_000,
      },
    ]);
    expect(metrics.data(`${NAMESPACE}/eventstoredb`)).toMatchObject([
      { MetricName: 'gc_pause_duration_max_seconds', Dimensions: ours, Unit: 'Seconds', Values: [0.5] },
    ]);
  });

  it('compresses what is large, and a thousand data go in one call', async () => {
    await sendAll(line, pack(gauges(1)));
    const parcels = pack(gauges(1_001));
    expect(parcels.map(({ data }) => data.length)).toEqual([1_000, 1]);
    await sendAll(line, parcels);
    expect(rig.aws.bodies.map(({ encoding }) => encoding)).toEqual([undefined, 'gzip', undefined]);
    expect(rig.aws.bodies[1]?.bytes).toBeLessThan(30_000);
  });

  it('finds the one bad datum by halving, and everything else goes', async () => {
    rig.aws.metrics.refuse(({ Dimensions }) => Dimensions?.some(({ Value }) => Value === '37') ?? false);
    const waiting = [...pack(gauges(100))];
    const refused: MetricsParcel[] = [];
    for (let parcel = waiting.shift(); parcel !== undefined; parcel = waiting.shift()) {
      const { outcome } = await line.send(parcel, { signal: new AbortController().signal });
      if (outcome.kind !== 'rejected') expect(outcome.kind).toBe('delivered');
      else if (parcel.data.length > 1)
        waiting.push(...(line.split(parcel) as [MetricsParcel, MetricsParcel]));
      else refused.push(parcel);
    }
    expect(refused.map(({ seqs }) => seqs)).toEqual([[38]]);
    expect(rig.heldCount()).toBe(99);
    expect(rig.requestCount()).toBeLessThan(20);
  });

  it('says in the words of AWS what it refused, and which permission is missing', async () => {
    const [parcel] = pack(gauges(1));
    const send = () => line.send(parcel!, { signal: new AbortController().signal });
    rig.aws.metrics.refuse(() => true);
    expect(await send()).toMatchObject({
      outcome: {
        kind: 'rejected',
        code: 'InvalidParameterValue',
        reason: expect.stringMatching(/the datum/),
      },
      answer: expect.stringContaining('MetricData.member.1.MetricName'),
    });
    rig.aws.accounts.addKey(KEYS.accessKeyId, KEYS.secretAccessKey, { denied: ['cloudwatch:PutMetricData'] });
    expect(await send()).toMatchObject({
      outcome: { kind: 'unauthorized', reason: expect.stringContaining('allow cloudwatch:PutMetricData in') },
    });
  });
});
