import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CloudWatchStandIn } from '../../../apps/sandbox/cloudwatch/index.js';
import { systemClock } from '../../domain/index.js';
import type { SinkSettings } from '../sink.js';
import { awsCloudWatchLogsSink } from './index.js';

const KEYS = {
  accessKeyId: 'AKIA0000000000000001',
  secretAccessKey: 'secret/of+the/first0000000000000000000001',
};
const GROUP = '/orders/db';
const REGION = 'eu-west-1';

describe('the connection test', () => {
  let aws: CloudWatchStandIn;
  const test = (config: object = {}, secrets = KEYS, settings: SinkSettings = {}) =>
    awsCloudWatchLogsSink
      .connect(
        { groupName: GROUP, region: REGION, ...config },
        secrets,
        {
          apiUrl: aws.url,
          clock: systemClock,
          integrationId: 'i1',
          processSettings: { AWS_ENDPOINT_URL_STS: aws.url },
        },
        settings,
      )
      .test({ signal: new AbortController().signal });

  beforeEach(async () => {
    aws = new CloudWatchStandIn();
    await aws.start();
    aws.accounts.addKey(KEYS.accessKeyId, KEYS.secretAccessKey);
    aws.accounts.addLogGroup(GROUP, REGION);
  });
  afterEach(() => aws.stop());

  it('finds the log group, and says what it could not check', async () => {
    expect(await test()).toEqual({
      ok: true,
      findings: [
        'AWS accepts the keys.',
        'The log group /orders/db is there in eu-west-1.',
        expect.stringMatching(/^Not checked: .*logs:PutLogEvents/),
      ],
    });
    expect(aws.calls.map(({ operation, credential }) => [operation, credential])).toEqual([
      ['DescribeLogGroups', KEYS.accessKeyId],
    ]);
  });

  it('does not take another group that only begins alike, in another region, or of another account', async () => {
    aws.accounts.logGroups.length = 0;
    aws.accounts.addLogGroup(`${GROUP}-old`, REGION);
    aws.accounts.addLogGroup(GROUP, 'us-east-1');
    aws.accounts.addLogGroup(GROUP, REGION, '999999999999');
    const report = await test();
    expect(report).toMatchObject({
      ok: false,
      outcome: { kind: 'gone', what: 'destination', code: 'log_group_not_found' },
    });
    expect(report.findings).toEqual([
      'AWS accepts the keys.',
      'There is no log group /orders/db in eu-west-1: create it, or check groupName and region.',
    ]);
    expect(await test({ region: 'us-east-1' })).toMatchObject({ ok: true });
  });

  it('says that it would be made, where that is wanted', async () => {
    aws.accounts.logGroups.length = 0;
    expect(await test({}, KEYS, { createLogGroup: true })).toMatchObject({
      ok: true,
      findings: [
        'AWS accepts the keys.',
        expect.stringMatching(/not there in eu-west-1; it is made with the first lines/),
        expect.stringMatching(/^Not checked: /),
      ],
    });
  });

  it('assumes the role, and sees what the role sees', async () => {
    const roleArn = 'arn:aws:iam::222222222222:role/spillway';
    aws.accounts.addRole(roleArn, { externalId: 'spillway-i1', trusted: [KEYS.accessKeyId] });
    expect(await test({}, KEYS, { roleArn })).toMatchObject({ ok: false, outcome: { kind: 'gone' } });
    aws.accounts.addLogGroup(GROUP, REGION, '222222222222');
    expect(await test({}, KEYS, { roleArn })).toEqual({
      ok: true,
      findings: [
        'AWS accepts the keys.',
        `The role ${roleArn} is assumed.`,
        'The log group /orders/db is there in eu-west-1.',
        expect.stringMatching(/^Not checked: whether the role may write/),
      ],
    });
  });

  it('finds it among very many that begin alike', async () => {
    for (let index = 0; index < 100; index += 1) aws.accounts.addLogGroup(`${GROUP}${index}`, REGION);
    expect(await test()).toMatchObject({ ok: true });
  });

  it('tells a bad key, a bad secret and a denial apart', async () => {
    expect(await test({}, { ...KEYS, accessKeyId: 'AKIA0000000000000009' })).toMatchObject({
      ok: false,
      findings: [expect.stringMatching(/does not know the access key in eu-west-1/)],
      outcome: { kind: 'unauthorized', code: 'UnrecognizedClient' },
    });
    expect(await test({}, { ...KEYS, secretAccessKey: 'another-secret-of-somebody-else' })).toMatchObject({
      ok: false,
      findings: [expect.stringMatching(/secret access key does not belong/)],
      outcome: { kind: 'unauthorized', code: 'InvalidSignature' },
    });
    aws.accounts.addKey(KEYS.accessKeyId, KEYS.secretAccessKey, { denied: ['logs:DescribeLogGroups'] });
    expect(await test()).toMatchObject({
      ok: false,
      findings: [expect.stringMatching(/allow logs:DescribeLogGroups/)],
      outcome: { kind: 'unauthorized', code: 'AccessDenied' },
    });
  });

  it.each([3_600_000, -3_600_000])(
    'says that the clock is wrong (by %i ms), and blames no key',
    async (ms) => {
      aws.clockAheadMs = ms;
      expect(await test()).toMatchObject({
        ok: false,
        findings: [expect.stringMatching(/set the hub's clock right/)],
        outcome: { kind: 'transient' },
      });
    },
  );

  it('waits a minute when AWS limits the rate', async () => {
    aws.faults.next('DescribeLogGroups', {
      kind: 'answer',
      status: 400,
      body: { __type: 'ThrottlingException', message: 'Rate exceeded' },
    });
    expect(await test()).toMatchObject({ ok: false, outcome: { kind: 'throttled', waitMs: 60_000 } });
  });

  it("takes a proxy's empty answer for none of AWS's", async () => {
    aws.faults.next('*', { kind: 'answer', status: 200 });
    expect(await test()).toMatchObject({ ok: false, outcome: { code: 'unreadable_answer' } });
  });
});
