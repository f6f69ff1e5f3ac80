import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CloudWatchStandIn } from '../../apps/sandbox/cloudwatch/index.js';
import { ManualClock } from '../testing/manual-clock.js';
import { windowOf } from '../testing/stream-conformance.js';
import { awsCloudWatchLogsSink } from './aws-cloud-watch-logs/index.js';
import { AwsCredentials } from './aws.credentials.js';
import { externalIdOf } from './aws.schema.js';
import type { StreamLine } from './stream-sink.js';

const KEYS = {
  accessKeyId: 'AKIAPLANTED000000001',
  secretAccessKey: 'planted/secret+access/key000000000000001',
};
const REGION = 'eu-west-1';
const GROUP = '/orders/db';
const OWNER = '222222222222';
const ROLE = `arn:aws:iam::${OWNER}:role/teams/spillway`;
const INTEGRATION_ID = 'd3v1kq0000000000000i';
const EXTERNAL_ID = 'spillway-d3v1kq0000000000000i';
const MINUTE_MS = 60_000;

describe("a role's credentials", () => {
  let aws: CloudWatchStandIn;
  let clock: ManualClock;
  let line: StreamLine;

  beforeEach(async () => {
    aws = new CloudWatchStandIn();
    await aws.start();
    clock = new ManualClock(new Date());
    aws.accounts.addKey(KEYS.accessKeyId, KEYS.secretAccessKey);
    aws.accounts.addLogGroup(GROUP, REGION, OWNER);
    aws.accounts.addRole(ROLE, { externalId: EXTERNAL_ID, trusted: [KEYS.accessKeyId] });
    line = connect();
  });
  afterEach(async () => {
    line.close();
    await aws.stop();
  });

  const connect = (integrationId: string | undefined = INTEGRATION_ID): StreamLine =>
    awsCloudWatchLogsSink.connect(
      { groupName: GROUP, region: REGION },
      KEYS,
      {
        apiUrl: aws.url,
        clock,
        ...(integrationId === '' ? {} : { integrationId }),
        processSettings: { AWS_ENDPOINT_URL_STS: aws.url },
      },
      { roleArn: ROLE },
    );
  const put = (node = 'n1', signal = new AbortController().signal) => {
    const entry = { timeMs: Date.now(), node, level: 'info', body: '{}' } as const;
    return line.send(line.pack(windowOf([entry], clock.now())).parcels[0]!, { signal });
  };
  const operations = (): string[] => aws.calls.map(({ operation }) => operation);
  const assumed = (): number => operations().filter((operation) => operation === 'AssumeRole').length;
  const signersOf = (asked: string): Set<string | undefined> =>
    new Set(aws.calls.filter(({ operation }) => operation === asked).map(({ credential }) => credential));

  it('are had with the keys and the external id of the integration, and sign every other call', async () => {
    expect(externalIdOf(INTEGRATION_ID)).toBe(EXTERNAL_ID);
    expect((await put()).outcome.kind).toBe('delivered');
    expect(operations()).toEqual(['AssumeRole', 'PutLogEvents', 'CreateLogStream', 'PutLogEvents']);
    expect(signersOf('AssumeRole')).toEqual(new Set([KEYS.accessKeyId]));
    expect([...signersOf('PutLogEvents')]).toEqual([expect.stringMatching(/^ASIA/)]);
    expect(aws.logs.streams(GROUP)).toMatchObject([{ place: { accountId: OWNER }, count: 1 }]);
  });

  it('are asked for once by all who wait for them', async () => {
    const replies = await Promise.all(['n1', 'n2', 'n3', 'n4'].map((node) => put(node)));
    expect(new Set(replies.map(({ outcome }) => outcome.kind))).toEqual(new Set(['delivered']));
    expect(assumed()).toBe(1);
  });

  it('are kept until five minutes before their end, and the new ones sign what comes then', async () => {
    await put();
    const first = signersOf('PutLogEvents');
    clock.advance(55 * MINUTE_MS - 5_000);
    await put();
    expect([assumed(), signersOf('PutLogEvents')]).toEqual([1, first]);
    clock.advance(6_000);
    await Promise.all([put(), put()]);
    expect(assumed()).toBe(2);
    expect(signersOf('PutLogEvents').size, 'what the SDK would have kept is not used').toBe(2);
  });

  it('are made anew when AWS says that they have expired, which blames nobody', async () => {
    await put();
    aws.accounts.expireSessions();
    expect((await put()).outcome).toMatchObject({ kind: 'transient', code: 'ExpiredToken' });
    expect((await put()).outcome.kind).toBe('delivered');
    expect(assumed()).toBe(2);
  });

  it('are made anew when AWS refuses them something: the role may have been given it since', async () => {
    const trust = { externalId: EXTERNAL_ID, trusted: [KEYS.accessKeyId] };
    aws.accounts.addRole(ROLE, { ...trust, denied: ['logs:PutLogEvents'] });
    expect((await put()).outcome).toMatchObject({ kind: 'unauthorized', code: 'AccessDenied' });
    aws.accounts.addRole(ROLE, trust);
    expect((await put()).outcome.kind).toBe('delivered');
    expect(assumed()).toBe(2);
  });

  it('are never replaced by the keys of the user, who may be of another account', async () => {
    const credentials = new AwsCredentials(
      { region: REGION, keys: KEYS, roleArn: ROLE },
      {
        apiUrl: aws.url,
        clock,
        integrationId: INTEGRATION_ID,
        processSettings: { AWS_ENDPOINT_URL_STS: aws.url },
      },
    );
    await expect(credentials.provider()).rejects.toThrow('was not assumed');
    await credentials.ready(new AbortController().signal);
    const session = await credentials.provider();
    expect(session.sessionToken).toBeDefined();
    credentials.forget();
    expect(await credentials.provider(), 'for a call that was ready before').toEqual(session);
    await credentials.ready(new AbortController().signal);
    expect((await credentials.provider()).accessKeyId).not.toBe(session.accessKeyId);
  });

  it('are refused with what the role and the trust policy need', async () => {
    aws.accounts.addRole(ROLE, { externalId: 'of-another-integration', trusted: [KEYS.accessKeyId] });
    const { outcome } = await put();
    expect(outcome).toMatchObject({ kind: 'unauthorized', code: 'AccessDenied' });
    for (const named of [ROLE, EXTERNAL_ID, 'sts:AssumeRole'])
      expect(outcome).toMatchObject({ reason: expect.stringContaining(named) });
    expect(operations(), 'nothing of the lines was sent').toEqual(['AssumeRole']);
    expect(await line.test({ signal: new AbortController().signal })).toMatchObject({
      ok: false,
      outcome: { kind: 'unauthorized' },
    });
  });

  it('name the role when it is the role that may not write', async () => {
    aws.accounts.addRole(ROLE, {
      externalId: EXTERNAL_ID,
      trusted: [KEYS.accessKeyId],
      denied: ['logs:PutLogEvents'],
    });
    expect((await put()).outcome).toMatchObject({
      kind: 'unauthorized',
      reason: expect.stringContaining(`allow logs:PutLogEvents in an IAM policy of the role ${ROLE}.`),
    });
  });

  it.each([
    ['ThrottlingException', 400, 'throttled'],
    ['InternalFailure', 500, 'transient'],
    ['ValidationError', 400, 'unauthorized'],
    ['SomethingNew', 400, 'unauthorized'],
    ['RegionDisabledException', 403, 'unauthorized'],
  ])(
    'when STS answers %s (HTTP %i): %s, and never that the lines are refused',
    async (code, status, kind) => {
      const body = `<ErrorResponse><Error><Code>${code}</Code><Message>${KEYS.secretAccessKey}</Message></Error></ErrorResponse>`;
      aws.faults.next('AssumeRole', {
        kind: 'answer',
        status,
        headers: { 'content-type': 'text/xml' },
        body,
      });
      const reply = await put();
      expect(reply).toMatchObject({ outcome: { kind }, httpStatus: status });
      expect(reply.requestDigest).toBeUndefined();
      expect(JSON.stringify(reply)).not.toContain(KEYS.secretAccessKey);
      expect((await put()).outcome.kind, 'a failure is not kept').toBe('delivered');
    },
  );

  it.each([{ kind: 'drop' }, { kind: 'html' }, { kind: 'answer', status: 200, body: '' }] as const)(
    'when STS gives no answer of its own ($kind): nothing was sent, so it may go again',
    async (fault) => {
      aws.faults.next('AssumeRole', fault);
      expect((await put()).outcome.kind).toBe('transient');
      expect((await put()).outcome.kind).toBe('delivered');
    },
  );

  it('are waited for until the caller gives up, who stops nobody else', async () => {
    aws.faults.next('AssumeRole', { kind: 'hang', landed: true });
    const deadline = new AbortController();
    const given = put('n1', deadline.signal);
    await aws.whenCalled(1);
    deadline.abort();
    expect((await given).outcome).toMatchObject({ kind: 'transient', code: 'timed_out' });
    expect(operations()).toEqual(['AssumeRole']);
  });

  it('are in no reply', async () => {
    await put();
    const session = [...aws.accounts.keys.values()].find((key) => key.session)!;
    const { accessKeyId, secretAccessKey } = session;
    const { token } = session.session!;
    aws.faults.next('PutLogEvents', {
      kind: 'answer',
      status: 400,
      body: { __type: 'InvalidThing', message: `${accessKeyId} ${secretAccessKey} ${token}` },
    });
    const reply = await put();
    expect(reply.answer).toBe('InvalidThing: [sessionKeyId] [sessionSecretKey] [sessionToken]');
  });

  it('cannot be had before the integration is saved, and the test says so', async () => {
    const unsaved = connect('');
    expect(await unsaved.test({ signal: new AbortController().signal })).toMatchObject({
      ok: false,
      findings: [expect.stringMatching(/only after the integration is saved/)],
      outcome: { kind: 'unauthorized', code: 'no_external_id' },
    });
    expect(aws.calls).toEqual([]);
    unsaved.close();
  });
});
