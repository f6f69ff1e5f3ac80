import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CloudWatchStandIn } from '../../../apps/sandbox/cloudwatch/index.js';
import { systemClock } from '../../domain/index.js';
import { awsCloudWatchMetricsSink } from './index.js';

const KEYS = {
  accessKeyId: 'AKIA0000000000000001',
  secretAccessKey: 'secret/of+the/first0000000000000000000001',
};

describe('the connection test', () => {
  let aws: CloudWatchStandIn;
  const test = (secrets = KEYS) =>
    awsCloudWatchMetricsSink
      .connect({ namespace: 'orders', region: 'eu-west-1' }, secrets, { apiUrl: aws.url, clock: systemClock })
      .test({ signal: new AbortController().signal });
  const PASSED = {
    ok: true,
    findings: [
      'AWS accepts the keys in eu-west-1.',
      expect.stringMatching(/^Not checked: .*cloudwatch:PutMetricData/),
      expect.stringMatching(
        /^About \d+ custom metrics per node .* AWS asks about \$\d+\.\d\d for them a month\.$/,
      ),
    ],
  };

  beforeEach(async () => {
    aws = new CloudWatchStandIn();
    await aws.start();
    aws.accounts.addKey(KEYS.accessKeyId, KEYS.secretAccessKey);
  });
  afterEach(() => aws.stop());

  it('tries the keys without writing a metric, and says what it could not check', async () => {
    expect(await test()).toEqual(PASSED);
    expect(aws.calls.map(({ operation }) => operation)).toEqual(['ListMetrics']);
  });

  it('is content with keys that may only write: their denial proves them', async () => {
    aws.accounts.addKey(KEYS.accessKeyId, KEYS.secretAccessKey, { denied: ['cloudwatch:ListMetrics'] });
    expect(await test()).toEqual(PASSED);
  });

  it('tells a bad key, a bad secret and a wrong clock apart', async () => {
    expect(await test({ ...KEYS, accessKeyId: 'AKIA0000000000000009' })).toMatchObject({
      ok: false,
      outcome: { kind: 'unauthorized', code: 'InvalidClientTokenId' },
    });
    expect(await test({ ...KEYS, secretAccessKey: 'another-secret-of-somebody-else' })).toMatchObject({
      ok: false,
      outcome: { kind: 'unauthorized', code: 'SignatureDoesNotMatch' },
    });
    aws.clockAheadMs = 3_600_000;
    expect(await test()).toMatchObject({ ok: false, outcome: { kind: 'transient' } });
  });

  describe('with a role', () => {
    const roleArn = 'arn:aws:iam::210987654321:role/metrics';
    const withRole = (integrationId?: string) => {
      const environment = {
        apiUrl: aws.url,
        clock: systemClock,
        processSettings: { AWS_ENDPOINT_URL_STS: aws.url },
      };
      return awsCloudWatchMetricsSink
        .connect(
          { namespace: 'orders', region: 'eu-west-1' },
          KEYS,
          integrationId === undefined ? environment : { ...environment, integrationId },
          { roleArn },
        )
        .test({ signal: new AbortController().signal });
    };

    it('assumes it with the external id of the integration, which the settings show', async () => {
      const { externalId } = awsCloudWatchMetricsSink.given?.('i1') ?? {};
      expect(externalId).toBe('spillway-i1');
      aws.accounts.addRole(roleArn, { externalId: 'spillway-i1', trusted: [KEYS.accessKeyId] });
      expect(await withRole('i1')).toMatchObject({
        ok: true,
        findings: expect.arrayContaining([
          `The role ${roleArn} is assumed.`,
          expect.stringMatching(/whether the role may write/),
        ]),
      });
    });

    it('fails when it may not be assumed, for then nothing can be done', async () => {
      aws.accounts.addRole(roleArn, { externalId: 'spillway-i2', trusted: [KEYS.accessKeyId] });
      const outcome = { kind: 'unauthorized', code: 'AccessDenied' };
      expect(await withRole('i1')).toMatchObject({ ok: false, outcome });
      expect(await withRole()).toMatchObject({ ok: false, outcome: { kind: 'unauthorized' } });
    });
  });
});
