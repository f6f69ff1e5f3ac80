import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  AssumeRoleCommand,
  GetCallerIdentityCommand,
  STSClient,
  type AssumeRoleCommandInput,
} from '@aws-sdk/client-sts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CloudWatchStandIn } from './index.js';

const KEY = { accessKeyId: 'AKIA0000000000000001', secretAccessKey: 'secret' };
const STRANGER = { accessKeyId: 'AKIA0000000000000002', secretAccessKey: 'other' };
const REGION = 'eu-west-1';
const OWNER = '222222222222';
const ROLE = `arn:aws:iam::${OWNER}:role/path/spillway-logs`;
const EXTERNAL_ID = 'spillway:1';

interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

describe("the assuming of roles at CloudWatch's stand-in", () => {
  let aws: CloudWatchStandIn;

  beforeEach(async () => {
    aws = new CloudWatchStandIn();
    await aws.start();
    aws.accounts.addKey(KEY.accessKeyId, KEY.secretAccessKey);
    aws.accounts.addKey(STRANGER.accessKeyId, STRANGER.secretAccessKey, { accountId: '333333333333' });
    aws.accounts.addLogGroup('owners', REGION, OWNER);
    aws.accounts.addLogGroup('ours', REGION);
    aws.accounts.addRole(ROLE, { externalId: EXTERNAL_ID, trusted: [KEY.accessKeyId] });
  });
  afterEach(() => aws.stop());

  const options = (credentials: Keys) => ({ region: REGION, credentials, endpoint: aws.url, maxAttempts: 1 });
  const assume = (input: Partial<AssumeRoleCommandInput> = {}, credentials: Keys = KEY) =>
    new STSClient(options(credentials)).send(
      new AssumeRoleCommand({
        RoleArn: ROLE,
        RoleSessionName: 'spillway',
        ExternalId: EXTERNAL_ID,
        ...input,
      }),
    );
  const keysOf = async (input: Partial<AssumeRoleCommandInput> = {}): Promise<Required<Keys>> => {
    const { Credentials } = await assume(input);
    return {
      accessKeyId: Credentials?.AccessKeyId ?? '',
      secretAccessKey: Credentials?.SecretAccessKey ?? '',
      sessionToken: Credentials?.SessionToken ?? '',
    };
  };
  const groups = async (credentials: Keys) => {
    const client = new CloudWatchLogsClient(options(credentials));
    const { logGroups = [] } = await client.send(new DescribeLogGroupsCommand({}));
    return logGroups.map(({ logGroupName }) => logGroupName);
  };
  const putMetric = (credentials: Keys) =>
    new CloudWatchClient(options(credentials)).send(
      new PutMetricDataCommand({ Namespace: 'n', MetricData: [{ MetricName: 'm', Value: 1 }] }),
    );
  const denied = expect.objectContaining({
    name: 'AccessDenied',
    message: expect.stringContaining(
      `is not authorized to perform: sts:AssumeRole on resource: arn`,
    ) as string,
    $metadata: expect.objectContaining({ httpStatusCode: 403 }) as object,
  });

  it('gives temporary keys, with which one sees what the role sees', async () => {
    const { Credentials, AssumedRoleUser } = await assume({ DurationSeconds: 900 });
    expect(Credentials?.AccessKeyId).toMatch(/^ASIA[0-9A-F]{16}$/);
    expect(AssumedRoleUser?.Arn).toBe(`arn:aws:sts::${OWNER}:assumed-role/spillway-logs/spillway`);
    const seconds = ((Credentials?.Expiration?.getTime() ?? 0) - Date.now()) / 1_000;
    expect(Math.abs(seconds - 900)).toBeLessThan(30);
    const keys = await keysOf();
    expect(await groups(keys)).toEqual(['owners']);
    expect(await groups(KEY)).toEqual(['ours']);
    await putMetric(keys);
    expect(aws.metrics.namespaces()).toMatchObject([{ place: { accountId: OWNER } }]);
    expect(aws.calls.map(({ operation }) => operation)).toContain('AssumeRole');
  });

  it('lets nobody in whom the role does not trust, and does not tell why', async () => {
    await expect(assume({}, STRANGER)).rejects.toEqual(denied);
    await expect(assume({ ExternalId: 'other' })).rejects.toEqual(denied);
    await expect(assume({ ExternalId: undefined })).rejects.toEqual(denied);
    await expect(assume({ RoleArn: `${ROLE}-other` })).rejects.toEqual(denied);
    aws.accounts.addRole(ROLE, { trusted: ['333333333333'] });
    await expect(assume()).rejects.toEqual(denied);
    expect((await assume({}, STRANGER)).Credentials).toBeDefined();
    aws.accounts.addKey(KEY.accessKeyId, KEY.secretAccessKey, { denied: ['sts:AssumeRole'] });
    aws.accounts.addRole(ROLE, { trusted: [KEY.accessKeyId] });
    await expect(assume()).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  it('refuses keys that it does not know, a wrong secret, and a rate', async () => {
    const refused = (name: string) => ({ name, $metadata: { httpStatusCode: 403 } });
    const unknown = { ...KEY, accessKeyId: 'AKIA0000000000000009' };
    await expect(assume({}, unknown)).rejects.toMatchObject(refused('InvalidClientTokenId'));
    const forged = { ...KEY, secretAccessKey: 'forged' };
    await expect(assume({}, forged)).rejects.toMatchObject(refused('SignatureDoesNotMatch'));
    aws.throttlePerSecond('AssumeRole', 0.001);
    await assume();
    await expect(assume()).rejects.toMatchObject({ name: 'Throttling' });
  });

  it('wants a session name, an external id and a duration as AWS does', async () => {
    const invalid = (message: string) =>
      expect.objectContaining({
        name: 'ValidationError',
        message: expect.stringContaining(message) as string,
      });
    await expect(assume({ RoleSessionName: 'a' })).rejects.toEqual(invalid("Value 'a' at 'roleSessionName'"));
    await expect(assume({ RoleSessionName: 'a b' })).rejects.toEqual(invalid('regular expression'));
    await expect(assume({ RoleSessionName: 'x'.repeat(65) })).rejects.toEqual(invalid('roleSessionName'));
    await expect(assume({ ExternalId: 'a' })).rejects.toEqual(invalid("at 'externalId'"));
    await expect(assume({ ExternalId: 'a<b' })).rejects.toEqual(invalid("Value 'a<b' at 'externalId'"));
    await expect(assume({ DurationSeconds: 899 })).rejects.toEqual(invalid('equal to 900'));
    await expect(assume({ DurationSeconds: 3_601 })).rejects.toEqual(invalid('MaxSessionDuration'));
    expect((await assume({ DurationSeconds: 3_600, RoleSessionName: 'ab' })).Credentials).toBeDefined();
  });

  it('knows no other operation', async () => {
    const answer = new STSClient(options(KEY)).send(new GetCallerIdentityCommand({}));
    await expect(answer).rejects.toMatchObject({ name: 'InvalidAction', $metadata: { httpStatusCode: 400 } });
  });

  it('takes temporary keys only with the token of their session', async () => {
    const [one, other] = [await keysOf(), await keysOf()];
    const { sessionToken: _, ...withoutToken } = one;
    for (const keys of [withoutToken, { ...one, sessionToken: other.sessionToken }]) {
      await expect(groups(keys)).rejects.toMatchObject({ name: 'UnrecognizedClientException' });
      await expect(putMetric(keys)).rejects.toMatchObject({ name: 'InvalidClientTokenId' });
    }
    await expect(groups({ ...KEY, sessionToken: one.sessionToken })).rejects.toMatchObject({
      name: 'UnrecognizedClientException',
    });
    expect(await groups(one)).toEqual(['owners']);
  });

  it('takes them no longer than they hold, nor for what the role may not do', async () => {
    const keys = await keysOf();
    aws.accounts.expireSessions();
    await expect(groups(keys)).rejects.toMatchObject({ name: 'ExpiredTokenException' });
    await expect(putMetric(keys)).rejects.toMatchObject({ name: 'ExpiredToken' });
    await expect(assume({}, keys)).rejects.toMatchObject({ name: 'ExpiredToken' });
    expect(await groups(KEY)).toEqual(['ours']);
    aws.accounts.addRole(ROLE, { trusted: [KEY.accessKeyId], denied: ['cloudwatch:PutMetricData'] });
    const limited = await keysOf();
    expect(await groups(limited)).toEqual(['owners']);
    await expect(putMetric(limited)).rejects.toMatchObject({
      name: 'AccessDenied',
      message: expect.stringContaining('assumed-role/spillway-logs/spillway'),
    });
  });
});
