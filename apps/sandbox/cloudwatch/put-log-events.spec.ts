import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DescribeLogStreamsCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CloudWatchStandIn } from './index.js';

const KEY = { accessKeyId: 'AKIA0000000000000001', secretAccessKey: 'secret' };
const REGION = 'eu-west-1';
const GROUP = '/orders/db';
const STREAM = 'node-1';
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Room for the time that a test takes. */
const SLACK_MS = 30_000;
const MAX_BYTES = 1_048_576;
const OVERHEAD = 26;

type Event = { timestamp: number; message: string };

describe("CloudWatch Logs' limits at the stand-in", () => {
  let aws: CloudWatchStandIn;
  let client: CloudWatchLogsClient;

  beforeEach(async () => {
    aws = new CloudWatchStandIn();
    await aws.start();
    aws.accounts.addKey(KEY.accessKeyId, KEY.secretAccessKey);
    aws.accounts.addLogGroup(GROUP, REGION);
    client = new CloudWatchLogsClient({
      region: REGION,
      credentials: KEY,
      endpoint: aws.url,
      maxAttempts: 1,
    });
    await createStream(STREAM);
  });
  afterEach(async () => {
    client.destroy();
    await aws.stop();
  });

  const createStream = (logStreamName: string, logGroupName = GROUP) =>
    client.send(new CreateLogStreamCommand({ logGroupName, logStreamName }));
  const put = (logEvents: Event[], logStreamName = STREAM, logGroupName = GROUP) =>
    client.send(new PutLogEventsCommand({ logGroupName, logStreamName, logEvents }));
  const event = (ageMs = 0, message = 'line'): Event => ({ timestamp: Date.now() - ageMs, message });
  const stored = () => aws.logs.events(GROUP, STREAM).map(({ message }) => message);
  const refused = (name: string, message: string) =>
    expect.objectContaining({ name, message: expect.stringContaining(message) as string });
  const invalid = (message: string) => refused('InvalidParameterException', message);
  const expectNothing = () => expect(aws.logs.streams(GROUP).map(({ count }) => count)).toEqual([0]);

  it('takes what is valid, and shows it in the order of acceptance', async () => {
    const [one, two, three] = [event(2_000, 'één'), event(1_000, 'two'), event(3_000, 'three')];
    expect(await put([one, two])).toMatchObject({ $metadata: { requestId: expect.any(String) } });
    const answer = await put([three]);
    expect(answer.rejectedLogEventsInfo).toBeUndefined();
    expect(aws.logs.events(GROUP, STREAM)).toMatchObject([one, two, three]);
    expect(aws.logs.events(GROUP, STREAM, { from: 1, limit: 1 })).toMatchObject([two]);
    expect(aws.logs.events(GROUP, STREAM, { region: 'us-east-1' })).toEqual([]);
    expect(aws.logs.events(GROUP, STREAM, { accountId: '999999999999' })).toEqual([]);
    expect(aws.logs.streams(GROUP)).toMatchObject([
      { name: STREAM, count: 3, messageBytes: 13, outOfOrder: 1 },
    ]);
    const { logStreams } = await client.send(new DescribeLogStreamsCommand({ logGroupName: GROUP }));
    expect(logStreams).toMatchObject([{ logStreamName: STREAM, lastEventTimestamp: two.timestamp }]);
  });

  it('creates groups and streams once, under names that AWS takes', async () => {
    await client.send(new CreateLogGroupCommand({ logGroupName: 'other' }));
    const again = new CreateLogGroupCommand({ logGroupName: 'other' });
    await expect(client.send(again)).rejects.toEqual(refused('ResourceAlreadyExistsException', 'log group'));
    const reserved = new CreateLogGroupCommand({ logGroupName: 'aws/x' });
    await expect(client.send(reserved)).rejects.toEqual(invalid('reserved'));
    await createStream('x'.repeat(512), 'other');
    await expect(createStream(STREAM)).rejects.toEqual(
      refused('ResourceAlreadyExistsException', 'log stream already exists'),
    );
    await expect(createStream(STREAM, 'none')).rejects.toEqual(
      refused('ResourceNotFoundException', 'The specified log group does not exist.'),
    );
    for (const name of ['', 'a:b', 'a*', 'x'.repeat(513)])
      await expect(createStream(name)).rejects.toEqual(invalid("at 'logStreamName' failed"));
    await expect(createStream('s', 'a b')).rejects.toEqual(invalid("at 'logGroupName' failed"));
    expect(aws.logs.streams().map(({ group }) => group)).toEqual([GROUP, 'other']);
  });

  it('knows a missing group from a missing stream', async () => {
    const group = 'The specified log group does not exist.';
    const stream = 'The specified log stream does not exist.';
    await expect(put([event()], STREAM, 'none')).rejects.toEqual(refused('ResourceNotFoundException', group));
    await expect(put([event()], 'none')).rejects.toEqual(refused('ResourceNotFoundException', stream));
  });

  it('wants one event at least, and a message of one character', async () => {
    const empty = "1 validation error detected: Value '[]' at 'logEvents' failed to satisfy constraint";
    await expect(put([])).rejects.toEqual(invalid(empty));
    const noMessage = "Value '' at 'logEvents.2.member.message' failed to satisfy constraint";
    await expect(put([event(), event(0, '')])).rejects.toEqual(invalid(noMessage));
    expectNothing();
    await put([event(0, 'x')]);
    expect(stored()).toEqual(['x']);
  });

  it('takes 10,000 events and not one more', async () => {
    const events = Array.from({ length: 10_001 }, () => event(0, 'x'));
    await expect(put(events)).rejects.toEqual(invalid('length less than or equal to 10000'));
    expectNothing();
    await put(events.slice(1));
    expect(aws.logs.streams(GROUP)).toMatchObject([{ count: 10_000 }]);
  });

  it('takes 1,048,576 bytes, counted in UTF-8 and with 26 for each event, and not one more', async () => {
    const half = MAX_BYTES / 2 - OVERHEAD;
    const full = [event(0, 'é'.repeat(half / 2)), event(0, 'x'.repeat(half))];
    await expect(put([...full, event(0, 'x')])).rejects.toEqual(
      invalid('Upload too large: 1048603 bytes exceeds limit of 1048576'),
    );
    const oneMore = [event(0, 'é'.repeat(half / 2)), event(0, 'x'.repeat(half + 1))];
    await expect(put(oneMore)).rejects.toEqual(
      invalid('Upload too large: 1048577 bytes exceeds limit of 1048576'),
    );
    expectNothing();
    await put(full);
    expect(aws.logs.streams(GROUP)).toMatchObject([{ count: 2, messageBytes: 2 * half }]);
  });

  it('takes one event of 1 MB with what it costs besides, and not a byte more', async () => {
    const message = 'x'.repeat(MAX_BYTES - OVERHEAD);
    await expect(put([event(), event(0, `${message}x`)])).rejects.toEqual(
      invalid('Log event too large: 1048577 bytes exceeds limit of 1048576'),
    );
    expectNothing();
    await put([event(0, message)]);
    expect(stored()).toEqual([message]);
  });

  it('wants chronological order, and takes equal times', async () => {
    const now = Date.now();
    const at = (timestamp: number): Event => ({ timestamp, message: String(timestamp) });
    await expect(put([at(now), at(now - 1)])).rejects.toEqual(
      invalid('Log events in a single PutLogEvents request must be in chronological order.'),
    );
    // Also among events that are too old to be taken.
    await expect(put([at(5), at(4), at(now)])).rejects.toEqual(invalid('chronological'));
    expectNothing();
    await put([at(now - 1), at(now), at(now)]);
    expect(stored()).toHaveLength(3);
  });

  it('takes a span of 24 hours of valid events, and not a millisecond more', async () => {
    const now = Date.now();
    const at = (timestamp: number): Event => ({ timestamp, message: 'x' });
    await expect(put([at(now - DAY_MS - 1), at(now)])).rejects.toEqual(
      invalid('The batch of log events in a single PutLogEvents request cannot span more than 24 hours.'),
    );
    expectNothing();
    const tooOld = at(now - 15 * DAY_MS);
    const tooNew = at(now + 3 * HOUR_MS);
    const { rejectedLogEventsInfo } = await put([tooOld, at(now - DAY_MS), at(now), tooNew]);
    expect(rejectedLogEventsInfo).toEqual({ tooOldLogEventEndIndex: 1, tooNewLogEventStartIndex: 3 });
    expect(stored()).toHaveLength(2);
  });

  it('drops what is older than 14 days or more than 2 hours ahead, and says which', async () => {
    const border = 14 * DAY_MS;
    const old = [event(border + SLACK_MS, 'a'), event(border + SLACK_MS, 'b'), event(border - SLACK_MS, 'c')];
    expect((await put(old)).rejectedLogEventsInfo).toEqual({ tooOldLogEventEndIndex: 2 });
    const ahead = [event(SLACK_MS - 2 * HOUR_MS, 'd'), event(-SLACK_MS - 2 * HOUR_MS, 'e')];
    expect((await put(ahead)).rejectedLogEventsInfo).toEqual({ tooNewLogEventStartIndex: 1 });
    expect(stored()).toEqual(['c', 'd']);
    expect((await put([event(-3 * HOUR_MS)])).rejectedLogEventsInfo).toEqual({ tooNewLogEventStartIndex: 0 });
    expect((await put([event(15 * DAY_MS)])).rejectedLogEventsInfo).toEqual({ tooOldLogEventEndIndex: 1 });
    expect(stored()).toEqual(['c', 'd']);
  });

  it("drops what is before the group's retention", async () => {
    const group = aws.accounts.logGroups[0];
    if (group) group.retentionDays = 3;
    const events = [event(3 * DAY_MS + SLACK_MS, 'a'), event(3 * DAY_MS - SLACK_MS, 'b')];
    expect((await put(events)).rejectedLogEventsInfo).toEqual({ expiredLogEventEndIndex: 1 });
    expect(stored()).toEqual(['b']);
  });

  it("goes by AWS's clock, with which a signature must agree", async () => {
    aws.clockAheadMs = 4 * 60_000;
    const ahead = [event(-2 * HOUR_MS - 3 * 60_000, 'kept'), event(-2 * HOUR_MS - 5 * 60_000)];
    expect((await put(ahead)).rejectedLogEventsInfo).toEqual({ tooNewLogEventStartIndex: 1 });
    aws.clockAheadMs = 6 * 60_000;
    await expect(put([event()])).rejects.toEqual(refused('InvalidSignatureException', 'expired'));
    aws.clockAheadMs = -6 * 60_000;
    await expect(put([event()])).rejects.toEqual(refused('InvalidSignatureException', 'not yet current'));
    expect(stored()).toEqual(['kept']);
  });

  it('refuses by IAM action, by rate, and only of the group in its own region and account', async () => {
    aws.accounts.addKey(KEY.accessKeyId, KEY.secretAccessKey, { denied: ['logs:PutLogEvents'] });
    await expect(put([event()])).rejects.toEqual(refused('AccessDeniedException', 'logs:PutLogEvents'));
    await createStream('allowed');
    aws.accounts.addKey(KEY.accessKeyId, KEY.secretAccessKey, { accountId: '999999999999' });
    await expect(put([event()])).rejects.toEqual(refused('ResourceNotFoundException', 'log group'));
    aws.accounts.addKey(KEY.accessKeyId, KEY.secretAccessKey);
    aws.throttlePerSecond('PutLogEvents', 0.001);
    await put([event()]);
    await expect(put([event()])).rejects.toEqual(refused('ThrottlingException', 'Rate exceeded'));
    aws.throttlePerSecond('PutLogEvents', undefined);
    await put([event()]);
    expect(stored()).toHaveLength(2);
  });

  it('can lose the answer to a batch that it took', async () => {
    aws.faults.next('PutLogEvents', { kind: 'drop', landed: true });
    await expect(put([event(0, 'landed')])).rejects.toBeInstanceOf(Error);
    aws.faults.next('PutLogEvents', { kind: 'drop' });
    await expect(put([event(0, 'lost')])).rejects.toBeInstanceOf(Error);
    expect(stored()).toEqual(['landed']);
  });

  it('keeps only counts when asked', async () => {
    aws.logs.keepEvents = false;
    await put([event(5_000), event(1_000)]);
    await put([event(3_000), event(0)]);
    expect(stored()).toEqual([]);
    expect(aws.logs.streams(GROUP)).toMatchObject([{ count: 4, outOfOrder: 1 }]);
  });
});
