import {
  CloudWatchClient,
  ListMetricsCommand,
  PutMetricDataCommand,
  type CloudWatchClientConfig,
} from '@aws-sdk/client-cloudwatch';
import {
  CloudWatchLogsClient,
  CreateLogStreamCommand,
  DescribeLogGroupsCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CloudWatchStandIn } from './index.js';

const KEY = { accessKeyId: 'AKIA0000000000000001', secretAccessKey: 'secret' };

describe('the stand-in for CloudWatch', () => {
  let aws: CloudWatchStandIn;

  beforeEach(async () => {
    aws = new CloudWatchStandIn();
    await aws.start();
    aws.accounts.addKey(KEY.accessKeyId, KEY.secretAccessKey);
  });
  afterEach(() => aws.stop());

  const logs = (credentials = KEY, endpoint = aws.url) =>
    new CloudWatchLogsClient({ region: 'eu-west-1', credentials, endpoint, maxAttempts: 1 });
  const metrics = (credentials = KEY) =>
    new CloudWatchClient({ region: 'eu-west-1', credentials, endpoint: aws.url, maxAttempts: 1 });

  it('lists log groups by prefix, sorted, a page at a time', async () => {
    for (const name of ['b2', 'b1', 'a']) aws.accounts.addLogGroup(name, 'eu-west-1');
    const answer = await logs().send(new DescribeLogGroupsCommand({ logGroupNamePrefix: 'b', limit: 1 }));
    expect(answer.logGroups?.map(({ logGroupName }) => logGroupName)).toEqual(['b1']);
    expect(answer).toMatchObject({ nextToken: 'more', $metadata: { requestId: expect.any(String) } });
  });

  it('refuses in the words of each protocol', async () => {
    const unknown = { ...KEY, accessKeyId: 'AKIA0000000000000009' };
    const forged = { ...KEY, secretAccessKey: 'other' };
    const describeGroups = new DescribeLogGroupsCommand({});
    const listMetrics = new ListMetricsCommand({});
    await expect(logs(unknown).send(describeGroups)).rejects.toMatchObject({
      name: 'UnrecognizedClientException',
    });
    await expect(logs(forged).send(describeGroups)).rejects.toMatchObject({
      name: 'InvalidSignatureException',
    });
    await expect(metrics(unknown).send(listMetrics)).rejects.toMatchObject({ name: 'InvalidClientTokenId' });
    await expect(metrics(forged).send(listMetrics)).rejects.toMatchObject({ name: 'SignatureDoesNotMatch' });
  });

  it('refuses a call that is not signed, and one for an operation that is not there', async () => {
    const post = (target: string) =>
      fetch(aws.url, {
        method: 'POST',
        headers: { 'x-amz-target': target, 'content-type': 'application/x-amz-json-1.1' },
        body: '{}',
      }).then((answer) => answer.json());
    expect(await post('Logs_20140328.DescribeLogGroups')).toMatchObject({
      __type: 'MissingAuthenticationTokenException',
    });
    expect(await post('Logs_20140328.DropEverything')).toMatchObject({ __type: 'UnknownOperationException' });
  });

  it('refuses a signature that is right, but for another service', async () => {
    const misnamed = new CloudWatchClient({
      region: 'eu-west-1',
      credentials: KEY,
      endpoint: aws.url,
      maxAttempts: 1,
      signingName: 'logs',
    } as CloudWatchClientConfig);
    await expect(misnamed.send(new ListMetricsCommand({}))).rejects.toMatchObject({
      name: 'SignatureDoesNotMatch',
      message: "Credential should be scoped to correct service: 'monitoring'.",
    });
  });

  it('is controlled by other processes', async () => {
    const post = (name: string, body: object) =>
      fetch(`${aws.url}/_control/${name}`, { method: 'POST', body: JSON.stringify(body) });
    const other = { accessKeyId: 'AKIA0000000000000002', secretAccessKey: 's' };
    expect((await post('keys', other)).status).toBe(200);
    expect((await post('log-groups', { name: 'g', region: 'eu-west-1' })).status).toBe(200);
    const fault = { kind: 'answer', status: 400, body: { __type: 'ThrottlingException' } };
    expect((await post('faults', { operation: 'DescribeLogGroups', fault })).status).toBe(204);
    await expect(logs(other).send(new DescribeLogGroupsCommand({}))).rejects.toMatchObject({
      name: 'ThrottlingException',
    });
    const { logGroups } = await logs(other).send(new DescribeLogGroupsCommand({}));
    expect(logGroups).toHaveLength(1);
    const { calls } = (await (await fetch(`${aws.url}/_control/calls`)).json()) as { calls: object[] };
    expect(calls).toMatchObject([
      { fault: 'answer', credential: other.accessKeyId },
      { operation: 'DescribeLogGroups' },
    ]);
    expect((await post('nothing', {})).status).toBe(400);
    expect((await fetch(`${aws.url}/_control/state`, { method: 'DELETE' })).status).toBe(204);
    expect(await (await fetch(`${aws.url}/_control/state`)).json()).toMatchObject({
      keys: [],
      logGroups: [],
    });
  });

  describe('for other processes', () => {
    const post = async (name: string, body: object = {}): Promise<unknown> => {
      const answer = await fetch(`${aws.url}/_control/${name}`, {
        method: 'POST',
        body: JSON.stringify(body),
      });
      if (answer.status >= 400) throw new Error(await answer.text());
      return answer.status === 204 ? undefined : answer.json();
    };
    const STREAM = { logGroupName: 'g', logStreamName: 's' };
    const put = (...messages: string[]) => {
      const logEvents = messages.map((message) => ({ timestamp: Date.now(), message }));
      return logs().send(new PutLogEventsCommand({ ...STREAM, logEvents }));
    };
    const putMetric = (MetricName: string) =>
      metrics().send(new PutMetricDataCommand({ Namespace: 'n', MetricData: [{ MetricName, Value: 1 }] }));

    beforeEach(async () => {
      await post('log-groups', { name: 'g', region: 'eu-west-1', retentionDays: 3 });
      await logs().send(new CreateLogStreamCommand(STREAM));
    });

    it('shows what was accepted, a page at a time, or a part of each message', async () => {
      await put('n=1', 'n=2', 'other');
      const where = { group: 'g', stream: 's' };
      const accepted = { timestamp: expect.any(Number), ingestionTime: expect.any(Number) };
      expect(await post('events', { ...where, from: 1, limit: 1 })).toEqual({
        events: [{ message: 'n=2', ...accepted }],
      });
      expect(await post('events', { ...where, capture: 'n=(.)' })).toEqual({ captured: ['1', '2', null] });
      expect(await post('events', { ...where, region: 'us-east-1' })).toEqual({ events: [] });
      await putMetric('m');
      expect(await post('data', { namespace: 'n' })).toEqual({ data: [{ MetricName: 'm', Value: 1 }] });
      const state = (await (await fetch(`${aws.url}/_control/state`)).json()) as object;
      expect(state).toMatchObject({
        logGroups: [{ name: 'g', retentionDays: 3 }],
        streams: [{ group: 'g', name: 's', count: 3, outOfOrder: 0 }],
        namespaces: [{ name: 'n', count: 1 }],
      });
      expect(JSON.stringify(state)).not.toContain('n=1');
    });

    it('makes it refuse: by rate, by metric, by clock, and by chance', async () => {
      await post('throttle', { operation: 'PutLogEvents', perSecond: 0.001 });
      await put('taken');
      await expect(put('refused')).rejects.toMatchObject({ name: 'ThrottlingException' });
      await post('throttle', { operation: 'PutLogEvents', perSecond: null });
      await post('refuse-metrics', { names: ['bad'] });
      await expect(putMetric('bad')).rejects.toMatchObject({ name: 'InvalidParameterValueException' });
      await putMetric('good');
      await post('faults', {
        operation: 'PutLogEvents',
        fault: { kind: 'answer', status: 503, body: { __type: 'ServiceUnavailableException' } },
        times: 1,
        sometimes: { probability: 1, seed: 1 },
      });
      await expect(put('refused')).rejects.toMatchObject({ name: 'ServiceUnavailableException' });
      await put('taken');
      await post('keep', { events: false });
      await put('counted');
      expect(aws.logs.events('g', 's').map(({ message }) => message)).toEqual(['taken', 'taken']);
      expect(aws.logs.streams('g')).toMatchObject([{ count: 3 }]);
      await post('clock', { aheadMs: 600_000 });
      await expect(put('refused')).rejects.toMatchObject({ name: 'InvalidSignatureException' });
    });

    it('holds roles and ends their sessions', async () => {
      const arn = 'arn:aws:iam::222222222222:role/logs';
      await post('roles', { arn, externalId: 'id', trusted: ['AKIA0000000000000001'] });
      expect([...aws.accounts.roles.keys()]).toEqual([arn]);
      await expect(post('roles', { arn: 'arn:aws:iam::1:user/x', trusted: [] })).rejects.toThrow(
        "no role's ARN",
      );
      const role = aws.accounts.roles.get(arn);
      const key = role && aws.accounts.openSession(role, 'spillway', Date.now() + 60_000);
      await post('expire-sessions');
      expect(key?.session?.expiresAt).toBe(0);
    });
  });
});
