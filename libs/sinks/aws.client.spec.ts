import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CloudWatchStandIn } from '../../apps/sandbox/cloudwatch/index.js';
import { systemClock } from '../domain/index.js';
import { awsClientOptions, type ClientUse } from './aws.client.js';
import { externalIdOf } from './aws.schema.js';
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
      AWS_ENDPOINT_URL_STS: elsewhere.url,
      AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/of-the-hub',
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

  const ROLE = 'arn:aws:iam::123456789012:role/spillway';
  const connect = ({ connect: to }: (typeof AWS_SINKS)[number], apiUrl: string, settings = {}) =>
    to(
      { groupName: 'g', namespace: 'n', region: 'eu-west-1' },
      TENANTS,
      {
        apiUrl,
        clock: systemClock,
        integrationId: 'd3v1kq0000000000000i',
        processSettings: { AWS_ENDPOINT_URL_STS: apiUrl },
      },
      settings,
    );

  it.each(AWS_SINKS)("never reaches a tenant's call: $kind", async (sink) => {
    const report = await connect(sink, aws.url).test({ signal: AbortSignal.timeout(10_000) });
    expect(report).toMatchObject({ ok: true });
    expect(aws.calls.map(({ credential }) => credential)).toEqual([TENANTS.accessKeyId]);
    expect(elsewhere.calls).toEqual([]);
  });

  it.each(AWS_SINKS)("assumes no role for a tenant's call: $kind", async (sink) => {
    aws.accounts.addRole(ROLE, {
      externalId: externalIdOf('d3v1kq0000000000000i'),
      trusted: [TENANTS.accessKeyId, HUBS.accessKeyId],
    });
    const connection = connect(sink, aws.url, { roleArn: ROLE });
    expect(await connection.test({ signal: AbortSignal.timeout(10_000) })).toMatchObject({ ok: true });
    expect(aws.calls.map(({ credential }) => credential)).toEqual([
      TENANTS.accessKeyId,
      expect.stringMatching(/^ASIA/),
    ]);
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

  const connectionsOf = async (use: ClientUse): Promise<number> => {
    const sockets = new Set<Socket>();
    const server = createServer((request, response) =>
      request.on('end', () => response.setHeader('x-amzn-requestid', 'r').end('{}')).resume(),
    ).on('connection', (socket) => sockets.add(socket));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const { CloudWatchLogsClient, DescribeLogGroupsCommand } =
      await import('@aws-sdk/client-cloudwatch-logs');
    const options = awsClientOptions('eu-west-1', TENANTS, `http://127.0.0.1:${port}`, use);
    const client = new CloudWatchLogsClient(options);
    for (let call = 1; call <= 4; call += 1) await client.send(new DescribeLogGroupsCommand({}));
    client.destroy();
    server.close();
    await once(server, 'close');
    return sockets.size;
  };

  it('keeps its connection when it sends, and none when it only asks', async () => {
    expect(await connectionsOf('sending')).toBe(1);
    expect(await connectionsOf('asking')).toBe(4);
    const { httpAgent, httpsAgent } = awsClientOptions(
      'eu-west-1',
      TENANTS,
      undefined,
      'sending',
    ).requestHandler;
    expect(httpsAgent).toEqual({ keepAlive: true, maxSockets: 8, timeout: 5_000 });
    expect(httpAgent).toEqual(httpsAgent);
  });
});
