import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CloudWatchStandIn } from '../../apps/sandbox/cloudwatch/index.js';
import { systemClock } from '../domain/index.js';
import { awsClientOptions } from './aws.client.js';
import { SINKS } from './catalog.js';

const TENANTS = { accessKeyId: 'AKIATENANT0000000001', secretAccessKey: 'secret-of-the-tenant-00001' };
const HUBS = { accessKeyId: 'AKIAOFTHEHUB00000001', secretAccessKey: 'secret-of-the-hub-itself-1' };
const AWS_SINKS = SINKS.filter(({ kind }) => kind.startsWith('aws'));

describe("the hub's own environment", () => {
  let aws: CloudWatchStandIn;
  let elsewhere: CloudWatchStandIn;
  let directory: string;

  beforeEach(async () => {
    [aws, elsewhere] = [new CloudWatchStandIn(), new CloudWatchStandIn()];
    await Promise.all([aws.start(), elsewhere.start()]);
    directory = await mkdtemp(join(tmpdir(), 'spillway-aws-'));
    aws.accounts.addKey(TENANTS.accessKeyId, TENANTS.secretAccessKey);
    aws.accounts.addKey(HUBS.accessKeyId, HUBS.secretAccessKey);
    aws.accounts.addLogGroup('g', 'eu-west-1');
    const profile = `[default]\naws_access_key_id=${HUBS.accessKeyId}\naws_secret_access_key=${HUBS.secretAccessKey}\nregion=us-east-1\nendpoint_url=${elsewhere.url}\nmax_attempts=7\nuse_fips_endpoint=true\n`;
    await writeFile(join(directory, 'config'), profile);
    for (const [name, value] of Object.entries({
      AWS_ACCESS_KEY_ID: HUBS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: HUBS.secretAccessKey,
      AWS_SESSION_TOKEN: 'session-of-the-hub',
      AWS_REGION: 'us-east-1',
      AWS_PROFILE: 'default',
      AWS_CONFIG_FILE: join(directory, 'config'),
      AWS_SHARED_CREDENTIALS_FILE: join(directory, 'config'),
      AWS_ENDPOINT_URL: elsewhere.url,
      AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: elsewhere.url,
      AWS_ENDPOINT_URL_CLOUDWATCH: elsewhere.url,
      AWS_EC2_METADATA_SERVICE_ENDPOINT: elsewhere.url,
      AWS_CONTAINER_CREDENTIALS_FULL_URI: elsewhere.url,
      AWS_MAX_ATTEMPTS: '7',
      AWS_RETRY_MODE: 'adaptive',
      AWS_USE_FIPS_ENDPOINT: 'true',
      AWS_USE_DUALSTACK_ENDPOINT: 'true',
    }))
      vi.stubEnv(name, value);
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await Promise.all([aws.stop(), elsewhere.stop(), rm(directory, { recursive: true })]);
  });

  const connect = ({ connect: to }: (typeof AWS_SINKS)[number], apiUrl: string) =>
    to({ groupName: 'g', namespace: 'n', region: 'eu-west-1' }, TENANTS, { apiUrl, clock: systemClock });

  it.each(AWS_SINKS)("never reaches a tenant's call: $kind", async (sink) => {
    const report = await connect(sink, aws.url).test({ signal: AbortSignal.timeout(10_000) });
    expect(report).toMatchObject({ ok: true });
    expect(aws.calls.map(({ credential }) => credential)).toEqual([TENANTS.accessKeyId]);
    expect(elsewhere.calls).toEqual([]);
  });

  it.each(AWS_SINKS)('makes no call be tried again: $kind', async (sink) => {
    aws.faults.next('*', { kind: 'answer', status: 503, body: {} }, 9);
    const report = await connect(sink, aws.url).test({ signal: AbortSignal.timeout(10_000) });
    expect([report.ok, aws.calls.length]).toEqual([false, 1]);
  });

  it("does not change where a call goes when the operator has set nothing: the region's own host", async () => {
    const { CloudWatchLogsClient, DescribeLogGroupsCommand } =
      await import('@aws-sdk/client-cloudwatch-logs');
    const client = new CloudWatchLogsClient(awsClientOptions('eu-west-1', TENANTS, undefined));
    const hosts: string[] = [];
    client.middlewareStack.add(
      () => (call) => {
        hosts.push((call.request as { hostname: string }).hostname);
        throw new Error('is not sent');
      },
      { step: 'finalizeRequest', priority: 'low' },
    );
    await expect(client.send(new DescribeLogGroupsCommand({}))).rejects.toThrow('is not sent');
    client.destroy();
    expect(hosts).toEqual(['logs.eu-west-1.amazonaws.com']);
  });
});

describe('a client of the AWS SDK', () => {
  it('has every option set that the SDK would look up elsewhere', () => {
    const options = awsClientOptions('eu-west-1', TENANTS, 'http://127.0.0.1:1');
    for (const [name, value] of Object.entries(options)) expect(value, name).toBeDefined();
    expect(options).toMatchObject({
      credentials: TENANTS,
      maxAttempts: 1,
      ignoreConfiguredEndpointUrls: true,
    });
    expect(options.requestHandler).toMatchObject({ throwOnRequestTimeout: true });
  });
});
