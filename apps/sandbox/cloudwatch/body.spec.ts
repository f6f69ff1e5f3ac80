import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient, PutLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CloudWatchStandIn } from './index.js';

const KEY = { accessKeyId: 'AKIA0000000000000001', secretAccessKey: 'secret' };
const NAMES = '"logGroupName":"g","logStreamName":"s"';
const UNREADABLE = 'SerializationException';
const INVALID = 'InvalidParameterException';

interface Sent {
  body: string | Buffer;
  readonly headers: Record<string, string>;
}

describe('a body that is not as the SDK makes it', () => {
  let aws: CloudWatchStandIn;

  beforeEach(async () => {
    aws = new CloudWatchStandIn();
    await aws.start();
    aws.accounts.addKey(KEY.accessKeyId, KEY.secretAccessKey);
  });
  afterEach(() => aws.stop());

  const options = () => ({ region: 'eu-west-1', credentials: KEY, endpoint: aws.url, maxAttempts: 1 });
  /** The body is put in before it is signed. */
  const replacing =
    (body: string | Buffer, headers: Record<string, string> = {}) =>
    <Args extends { request: unknown }, Result>(next: (args: Args) => Result) =>
    (args: Args): Result => {
      const request = args.request as Sent;
      request.body = body;
      Object.assign(request.headers, headers);
      return next(args);
    };
  const putLogs = (body: string | Buffer, headers?: Record<string, string>) => {
    const client = new CloudWatchLogsClient(options());
    client.middlewareStack.add(replacing(body, headers), { step: 'build', priority: 'high' });
    return client.send(new PutLogEventsCommand({ logGroupName: 'g', logStreamName: 's', logEvents: [] }));
  };
  const putMetrics = (body: string | Buffer, headers?: Record<string, string>) => {
    const client = new CloudWatchClient({ ...options(), disableRequestCompression: true });
    client.middlewareStack.add(replacing(body, headers), { step: 'build', priority: 'high' });
    return client.send(new PutMetricDataCommand({ Namespace: 'n', MetricData: [] }));
  };
  const refused = (name: string, httpStatusCode = 400) => ({ name, $metadata: { httpStatusCode } });

  it.each([
    ['no JSON', UNREADABLE],
    ['[]', UNREADABLE],
    ['{}', INVALID],
    [`{${NAMES},"logEvents":null}`, INVALID],
    [`{${NAMES},"logEvents":"x"}`, UNREADABLE],
    [`{${NAMES},"logEvents":[null]}`, INVALID],
    [`{${NAMES},"logEvents":[{"timestamp":1.5,"message":"x"}]}`, UNREADABLE],
    [`{${NAMES},"logEvents":[{"timestamp":"1","message":"x"}]}`, UNREADABLE],
    [`{${NAMES},"logEvents":[{"timestamp":-1,"message":"x"}]}`, INVALID],
    [`{${NAMES},"logEvents":[{"timestamp":1,"message":1}]}`, UNREADABLE],
    [`{"logGroupName":1,"logStreamName":"s"}`, UNREADABLE],
  ])('%s: refused by CloudWatch Logs', async (body, name) => {
    await expect(putLogs(body)).rejects.toMatchObject(refused(name));
  });

  it.each([
    ['no JSON', UNREADABLE],
    ['{"Namespace":"n","MetricData":[null]}', 'MissingRequiredParameterException'],
    ['{"Namespace":"n","MetricData":{}}', UNREADABLE],
    [
      '{"Namespace":"n","MetricData":[{"MetricName":"m","Value":1,"Dimensions":[null]}]}',
      'MissingRequiredParameterException',
    ],
    ['{"Namespace":"n","MetricData":[{"MetricName":"m","Value":"1"}]}', 'InvalidParameterValueException'],
    [
      '{"Namespace":"n","MetricData":[{"MetricName":"m","Value":1,"Timestamp":"now"}]}',
      'InvalidParameterValueException',
    ],
  ])('%s: refused by CloudWatch', async (body, name) => {
    await expect(putMetrics(body)).rejects.toMatchObject(
      refused(name.replace(/Serialization.*/, 'Serialization')),
    );
  });

  it('is refused in an encoding that is not known, is not what it says, or hides too much', async () => {
    const gzip = { 'content-encoding': 'gzip' };
    await expect(putLogs(gzipSync('{}'), gzip)).rejects.toMatchObject(refused(UNREADABLE));
    await expect(putMetrics('{}', { 'content-encoding': 'br' })).rejects.toMatchObject(
      refused('Serialization'),
    );
    await expect(putMetrics('{}', gzip)).rejects.toMatchObject(refused('Serialization'));
    const bomb = gzipSync(Buffer.alloc(65 * 1_048_576));
    await expect(putMetrics(bomb, gzip)).rejects.toMatchObject({ $metadata: { httpStatusCode: 413 } });
    await expect(putMetrics(gzipSync('{"Namespace":"n"}'), gzip)).rejects.toMatchObject({
      name: 'MissingRequiredParameterException',
    });
  });
});
