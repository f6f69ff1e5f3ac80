import { CloudWatchClient, ListMetricsCommand } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
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
    expect(await (await fetch(`${aws.url}/_control/state`)).json()).toEqual({ keys: [], logGroups: [] });
  });
});
