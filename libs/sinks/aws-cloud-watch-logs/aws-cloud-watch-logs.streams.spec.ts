import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { NewEntry } from '../../domain/index.js';
import { windowOf } from '../../testing/stream-conformance.js';
import type { AwsRig } from '../aws.answers.fixture.js';
import type { SinkReply, SinkSettings } from '../sink.js';
import type { StreamLine } from '../stream-sink.js';
import { GROUP, KEYS, REGION, startLogsRig } from './aws-cloud-watch-logs.rig.fixture.js';
import { awsCloudWatchLogsSink } from './index.js';

const STREAM = 'orders-db/n1';
const DAY_MS = 24 * 60 * 60_000;
const LINE: NewEntry = { timeMs: Date.now(), node: 'n1', level: 'info', body: '{"a":1}' };

describe('the log streams', () => {
  let rig: AwsRig;
  let line: StreamLine;
  beforeEach(async () => {
    rig = await startLogsRig();
    line = connect();
  });
  afterEach(async () => {
    line.close();
    await rig.stop();
  });

  const connect = (settings: SinkSettings = {}): StreamLine =>
    awsCloudWatchLogsSink.connect(rig.config, rig.secrets, rig.environment, settings);
  const put = (entries: readonly NewEntry[] = [LINE], by = line): Promise<SinkReply> =>
    by.send(by.pack(windowOf(entries, new Date())).parcels[0]!, { signal: new AbortController().signal });
  const operations = (): string[] => rig.aws.calls.splice(0).map(({ operation }) => operation);
  const missing = (what: string) =>
    ({
      kind: 'answer',
      status: 400,
      body: { __type: 'ResourceNotFoundException', message: `The specified log ${what} does not exist.` },
    }) as const;

  it('are made on first use, without a question before, and only then', async () => {
    expect((await put()).outcome).toEqual({
      kind: 'delivered',
      ref: { logGroup: GROUP, logStream: STREAM },
    });
    expect(operations()).toEqual(['PutLogEvents', 'CreateLogStream', 'PutLogEvents']);
    await put();
    expect(operations()).toEqual(['PutLogEvents']);
    const another = connect();
    await put([LINE], another);
    another.close();
    expect(operations()).toEqual(['PutLogEvents']);
    expect(rig.aws.logs.events(GROUP, STREAM).map(({ message }) => JSON.parse(message))).toEqual(
      Array.from({ length: 3 }, () => ({
        message: { a: 1 },
        cluster: 'orders-db',
        node: 'n1',
        level: 'info',
        time: new Date(LINE.timeMs).toISOString(),
      })),
    );
  });

  it('may have been made by somebody else in the meantime', async () => {
    await put();
    operations();
    rig.aws.faults.next('PutLogEvents', missing('stream'));
    expect((await put()).outcome.kind).toBe('delivered');
    expect(operations()).toEqual(['PutLogEvents', 'CreateLogStream', 'PutLogEvents']);
  });

  it('are not made again and again while AWS does not see them yet', async () => {
    rig.aws.faults.next('PutLogEvents', missing('stream'), 3);
    expect((await put()).outcome).toMatchObject({ kind: 'transient', code: 'log_stream_not_ready' });
    expect((await put()).outcome).toMatchObject({ kind: 'transient', code: 'log_stream_not_ready' });
    expect((await put()).outcome.kind).toBe('delivered');
    expect(operations()).toEqual([
      'PutLogEvents',
      'CreateLogStream',
      'PutLogEvents',
      'PutLogEvents',
      'PutLogEvents',
    ]);
  });

  it('need a log group, which is made only when that is wanted', async () => {
    rig.aws.accounts.logGroups.length = 0;
    expect((await put()).outcome).toMatchObject({
      kind: 'gone',
      what: 'destination',
      reason: expect.stringContaining(`no log group ${GROUP} in ${REGION}`),
    });
    expect(operations()).toEqual(['PutLogEvents', 'CreateLogStream']);
    const making = connect({ createLogGroup: true });
    expect(await making.test({ signal: new AbortController().signal })).toMatchObject({ ok: true });
    operations();
    expect((await put([LINE], making)).outcome.kind).toBe('delivered');
    expect(operations()).toEqual([
      'PutLogEvents',
      'CreateLogStream',
      'CreateLogGroup',
      'CreateLogStream',
      'PutLogEvents',
    ]);
    making.close();
  });

  it.each(['logs:CreateLogStream', 'logs:CreateLogGroup'])(
    'cannot be made without %s, which is named',
    async (denied) => {
      rig.aws.accounts.logGroups.length = denied === 'logs:CreateLogGroup' ? 0 : 1;
      rig.aws.accounts.addKey(KEYS.accessKeyId, KEYS.secretAccessKey, { denied: [denied] });
      const making = connect({ createLogGroup: true });
      expect((await put([LINE], making)).outcome).toMatchObject({
        kind: 'unauthorized',
        reason: expect.stringContaining(`allow ${denied}`),
      });
      making.close();
    },
  );

  it.each([
    [{ kind: 'drop' }, 'transient'],
    [{ kind: 'answer', status: 200 }, 'transient'],
    [{ kind: 'answer', status: 503, body: {} }, 'transient'],
    [{ kind: 'answer', status: 400, body: { __type: 'ThrottlingException' } }, 'throttled'],
    [{ kind: 'answer', status: 400, body: { __type: 'InvalidParameterException' } }, 'gone'],
  ] as const)(
    'that cannot be made have taken no line, and no line is blamed: %j ends %s',
    async (fault, kind) => {
      rig.aws.faults.next('CreateLogStream', fault);
      expect((await put()).outcome.kind).toBe(kind);
      expect(operations()).toEqual(['PutLogEvents', 'CreateLogStream']);
    },
  );

  it.each([3_600_000, -3_600_000])('blame the clock, not the keys, when it is wrong by %i ms', async (ms) => {
    rig.aws.clockAheadMs = ms;
    expect((await put()).outcome).toMatchObject({
      kind: 'transient',
      reason: expect.stringMatching(/^The hub's clock/),
    });
  });

  it('say which lines they did not take, by their place in the parcel', async () => {
    rig.aws.accounts.logGroups[0]!.retentionDays = 3;
    const ages = [0, 10 * DAY_MS, 5 * DAY_MS, 1_000];
    const entries = ages.map((ms) => ({ ...LINE, timeMs: Date.now() - ms }));
    const later = windowOf(entries, new Date());
    const old = line.pack(later).parcels.find(({ seqs }) => seqs.includes(2))!;
    expect(await line.send(old, { signal: new AbortController().signal })).toMatchObject({
      outcome: { kind: 'partial', rejected: [{ index: 0, code: 'expired' }] },
      answer: '{"rejectedLogEventsInfo":{"expiredLogEventEndIndex":1}}',
    });
    // It waited in the store for so long that the oldest and the newest are beyond what AWS takes.
    const whole = { ...old, seqs: [2, 4, 1], events: [-15 * DAY_MS, 0, 3 * 3_600_000].map(at) };
    expect(await line.send(whole, { signal: new AbortController().signal })).toMatchObject({
      outcome: {
        kind: 'partial',
        rejected: [
          { index: 0, code: 'too_old', reason: expect.any(String) },
          { index: 2, code: 'too_new', reason: expect.any(String) },
        ],
      },
    });
  });

  const at = (ms: number) => ({ timestamp: Date.now() + ms, message: '{}' });
});
