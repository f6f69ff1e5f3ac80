import {
  CloudWatchClient,
  PutMetricDataCommand,
  StandardUnit,
  type MetricDatum,
} from '@aws-sdk/client-cloudwatch';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CloudWatchStandIn } from './index.js';

const KEY = { accessKeyId: 'AKIA0000000000000001', secretAccessKey: 'secret' };
const SPACE = 'orders/eventstoredb';
const HOUR_MS = 3_600_000;
const TWO_WEEKS_MS = 14 * 24 * HOUR_MS;
/** Room for the time that a test takes. */
const SLACK_MS = 30_000;
const MAX_BYTES = 1_048_576;

const VALUE = 'InvalidParameterValueException';
const COMBINATION = 'InvalidParameterCombinationException';
const MISSING = 'MissingRequiredParameterException';
const datum = (rest: Partial<MetricDatum> = { Value: 1 }): MetricDatum => ({ MetricName: 'm', ...rest });
const dimensions = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ Name: `d${index}`, Value: 'v' }));
const dimension = (Name: string | undefined, Value: string | undefined) =>
  datum({ Value: 1, Dimensions: [{ Name, Value }] });
const statistics = (rest: object = {}) =>
  datum({ StatisticValues: { SampleCount: 2, Sum: 3, Minimum: 1, Maximum: 2, ...rest } });
const aged = (ageMs: number) => datum({ Value: 1, Timestamp: new Date(Date.now() - ageMs) });
/** 35 data that are so many bytes as they are sent. */
const dataOf = (bytes: number): MetricDatum[] => {
  const values = dimensions(35 * 30).map(() => 900);
  const build = () =>
    upTo(35).map((_, row) =>
      datum({
        Value: 1,
        Dimensions: dimensions(30).map(({ Name }, column) => ({
          Name,
          Value: 'v'.repeat(values[row * 30 + column] ?? 0),
        })),
      }),
    );
  let left = bytes - JSON.stringify({ Namespace: SPACE, MetricData: build() }).length;
  for (let index = 0; left > 0; index += 1) {
    const more = Math.min(left, 124);
    values[index] = 900 + more;
    left -= more;
  }
  return build();
};
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

/** Each with what AWS says to it: as the last of two data. */
const REFUSED: readonly (readonly [MetricDatum, string, string])[] = [
  [datum({ Value: NaN }), VALUE, 'The value NaN for parameter MetricData.member.2.Value is invalid.'],
  [datum({ Value: -Infinity }), VALUE, 'The value -Infinity for parameter MetricData.member.2.Value'],
  [datum({ Value: 2 ** 360 * 1.001 }), VALUE, 'for parameter MetricData.member.2.Value is invalid.'],
  [datum({ Value: -(2 ** 361) }), VALUE, 'for parameter MetricData.member.2.Value is invalid.'],
  [datum({ Values: [1, NaN] }), VALUE, 'The value NaN for parameter MetricData.member.2.Values.member.2'],
  [
    datum({ Values: upTo(151) }),
    VALUE,
    'The collection MetricData.member.2.Values must not have a size greater than 150.',
  ],
  [datum({}), COMBINATION, 'At least one of the parameters MetricData.member.2.Value and'],
  [datum({ Values: [] }), COMBINATION, 'At least one of the parameters MetricData.member.2.Value and'],
  [datum({ Value: 1, Values: [1] }), COMBINATION, 'mutually exclusive and you have specified both.'],
  [{ ...statistics(), Value: 1 }, COMBINATION, 'MetricData.member.2.StatisticValues are mutually exclusive'],
  [{ ...statistics(), Values: [1] }, COMBINATION, 'mutually exclusive'],
  [datum({ Values: [1, 2], Counts: [1] }), COMBINATION, 'must have the same size'],
  [datum({ Value: 1, Counts: [1] }), COMBINATION, 'must have the same size'],
  [datum({ Values: [1], Counts: [0] }), VALUE, 'MetricData.member.2.Counts.member.1'],
  [statistics({ Sum: NaN }), VALUE, 'MetricData.member.2.StatisticValues.Sum'],
  [statistics({ Sum: undefined }), MISSING, 'MetricData.member.2.StatisticValues.Sum is required.'],
  [statistics({ SampleCount: 0 }), VALUE, 'MetricData.member.2.StatisticValues.SampleCount'],
  [statistics({ Minimum: 3 }), VALUE, 'MetricData.member.2.StatisticValues.Minimum'],
  [datum({ MetricName: '', Value: 1 }), MISSING, 'The parameter MetricData.member.2.MetricName is required.'],
  [datum({ MetricName: 'x'.repeat(256), Value: 1 }), VALUE, 'MetricName must be shorter than 256'],
  [datum({ MetricName: 'é', Value: 1 }), VALUE, 'MetricName must contain only ASCII'],
  [
    datum({ Value: 1, Dimensions: dimensions(31) }),
    VALUE,
    'Dimensions must not have a size greater than 30.',
  ],
  [dimension(undefined, 'v'), MISSING, 'MetricData.member.2.Dimensions.member.1.Name is required.'],
  [dimension('n', ''), MISSING, 'MetricData.member.2.Dimensions.member.1.Value is required.'],
  [dimension(' ', 'v'), VALUE, 'Dimensions.member.1.Name must contain a non-whitespace character'],
  [dimension('n', ' '), VALUE, 'Dimensions.member.1.Value must contain a non-whitespace character'],
  [dimension(':n', 'v'), VALUE, 'Dimensions.member.1.Name is invalid.'],
  [dimension('é', 'v'), VALUE, 'Dimensions.member.1.Name must contain only ASCII'],
  [dimension('n', 'é'), VALUE, 'Dimensions.member.1.Value must contain only ASCII'],
  [dimension('n', 'a\tb'), VALUE, 'Dimensions.member.1.Value must contain only ASCII'],
  [dimension('n'.repeat(256), 'v'), VALUE, 'Dimensions.member.1.Name must be shorter than 256'],
  [dimension('n', 'v'.repeat(1_025)), VALUE, 'Dimensions.member.1.Value must be shorter than 1025'],
  [
    datum({ Value: 1, Dimensions: [...dimensions(1), ...dimensions(1)] }),
    VALUE,
    'No more than one value may be specified for dimension d0',
  ],
  [aged(TWO_WEEKS_MS + SLACK_MS), VALUE, 'no more than two weeks in the past'],
  [aged(-2 * HOUR_MS - SLACK_MS), VALUE, 'no more than two hours in the future'],
  [
    datum({ Value: 1, Unit: 'seconds' as StandardUnit }),
    VALUE,
    'Unit must be a value in the set [ Seconds, ',
  ],
  [datum({ Value: 1, StorageResolution: 30 }), VALUE, 'The value 30 for parameter'],
];

/** At the border of each rule. */
const TAKEN: readonly MetricDatum[] = [
  datum({ Value: 0 }),
  datum({ Value: 2 ** 360 }),
  datum({ Value: -(2 ** 360) }),
  datum({ Values: upTo(150), Counts: upTo(150) }),
  datum({ Values: [1, 2] }),
  statistics(),
  datum({ MetricName: 'x'.repeat(255), Value: 1 }),
  datum({ Value: 1, Dimensions: dimensions(30) }),
  dimension('n'.repeat(255), 'v'.repeat(1_024)),
  dimension('n:', ':v ~'),
  aged(TWO_WEEKS_MS - SLACK_MS),
  aged(-2 * HOUR_MS + SLACK_MS),
  ...Object.values(StandardUnit).map((Unit) => datum({ Value: 1, Unit })),
  datum({ Value: 1, StorageResolution: 1 }),
  datum({ Value: 1, StorageResolution: 60 }),
];

describe("CloudWatch's limits at the stand-in", () => {
  let aws: CloudWatchStandIn;
  let client: CloudWatchClient;

  const clientOf = (more: object = {}) =>
    new CloudWatchClient({
      region: 'eu-west-1',
      credentials: KEY,
      endpoint: aws.url,
      maxAttempts: 1,
      ...more,
    });
  beforeEach(async () => {
    aws = new CloudWatchStandIn();
    await aws.start();
    aws.accounts.addKey(KEY.accessKeyId, KEY.secretAccessKey);
    client = clientOf();
  });
  afterEach(async () => {
    client.destroy();
    await aws.stop();
  });

  const put = (MetricData: MetricDatum[] | undefined, Namespace: string | undefined = SPACE) =>
    client.send(new PutMetricDataCommand({ Namespace, MetricData }));
  const refused = (name: string, message: string) =>
    expect.objectContaining({ name, message: expect.stringContaining(message) as string });
  const names = (count: number, prefix = 'm') =>
    Array.from({ length: count }, (_, index) => datum({ MetricName: `${prefix}${index}`, Value: index }));

  it.each(REFUSED)('refuses %j whole, with what came beside it', async (bad, name, message) => {
    await expect(put([datum(), bad])).rejects.toEqual(refused(name, message));
    expect(aws.metrics.namespaces()).toEqual([]);
  });

  it('takes what is just within each limit', async () => {
    for (const good of TAKEN) await put([good]);
    expect(aws.metrics.data(SPACE)).toHaveLength(TAKEN.length);
    expect(aws.metrics.data(SPACE, { accountId: '999999999999' })).toEqual([]);
  });

  it('takes 1,000 data and not one more, those of entities among them, and not none', async () => {
    const entity = { Entity: { KeyAttributes: { Type: 'Service', Name: 'orders' } } };
    const withEntities = (own: number, entities: number) =>
      client.send(
        new PutMetricDataCommand({
          Namespace: SPACE,
          MetricData: names(own),
          EntityMetricData: [{ ...entity, MetricData: names(entities, 'e') }],
        }),
      );
    const tooMany = 'The collection MetricData must not have a size greater than 1000.';
    await expect(put(names(1_001))).rejects.toEqual(refused(VALUE, tooMany));
    await expect(withEntities(500, 501)).rejects.toEqual(refused(VALUE, tooMany));
    await expect(put([])).rejects.toEqual(refused(MISSING, 'The parameter MetricData is required.'));
    expect(aws.metrics.namespaces()).toEqual([]);
    await put(names(1_000));
    await withEntities(500, 500);
    expect(aws.metrics.namespaces()).toMatchObject([{ name: SPACE, count: 2_000 }]);
  });

  it('takes a namespace as AWS does', async () => {
    for (const namespace of ['', ' ', ':a', 'AWS/EC2', 'é', 'x'.repeat(256)])
      await expect(put([datum()], namespace)).rejects.toEqual(
        refused(namespace === '' ? MISSING : VALUE, 'Namespace'),
      );
    for (const namespace of ['x'.repeat(255), 'AWSome/a b', 'a']) await put([datum()], namespace);
    expect(aws.metrics.namespaces()).toHaveLength(3);
  });

  it('reads what the SDK compresses, and refuses what is over 1 MB as it is sent', async () => {
    const big = names(200, 'n'.repeat(100));
    await put(big);
    expect(aws.metrics.data(SPACE)).toEqual(big);
    client.destroy();
    client = clientOf({ disableRequestCompression: true });
    const tooLarge = { $metadata: { httpStatusCode: 413 } };
    await expect(put(dataOf(MAX_BYTES + 1))).rejects.toMatchObject(tooLarge);
    await put(dataOf(MAX_BYTES));
    client.destroy();
    client = clientOf();
    await put(dataOf(MAX_BYTES + 1));
    expect(aws.metrics.namespaces()).toMatchObject([{ count: 200 + 2 * 35 }]);
  });

  it('refuses what the account refuses', async () => {
    aws.metrics.refuse(({ MetricName }, namespace) => MetricName === 'm2' && namespace === SPACE);
    await expect(put(names(4))).rejects.toEqual(refused(VALUE, 'MetricData.member.3.MetricName'));
    await put(names(4), 'other');
    await put(names(2));
    aws.metrics.refuse(undefined);
    await put(names(3));
    expect(aws.metrics.data(SPACE)).toHaveLength(5);
  });

  it('refuses by IAM action and by rate, in the names of the older protocol', async () => {
    aws.throttlePerSecond('PutMetricData', 0.001);
    await put([datum()]);
    await expect(put([datum()])).rejects.toEqual(refused('Throttling', 'Rate exceeded'));
    aws.throttlePerSecond('PutMetricData', undefined);
    aws.accounts.addKey(KEY.accessKeyId, KEY.secretAccessKey, { denied: ['cloudwatch:PutMetricData'] });
    await expect(put([datum()])).rejects.toEqual(refused('AccessDenied', 'cloudwatch:PutMetricData'));
  });
});
