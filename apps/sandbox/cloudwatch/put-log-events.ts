import { Constraints } from './constraints.js';
import { groupAndStream } from './log-names.js';
import type { LogEvent } from './log-store.js';
import type { Call } from './operation.js';
import { Refusal } from './refusals.js';

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html, read 2026-11-20. */
const MAX_EVENTS = 10_000;
const MAX_BATCH_BYTES = 1_048_576;
/** 1 MB since 2025-04, with what each event costs besides. */
const MAX_EVENT_BYTES = 1_048_576;
const EVENT_OVERHEAD_BYTES = 26;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MAX_SPAN_MS = DAY_MS;
const MAX_AGE_MS = 14 * DAY_MS;
const MAX_AHEAD_MS = 2 * HOUR_MS;

const invalid = (message: string): Refusal => new Refusal('InvalidParameterException', message);

/** Takes a batch: all valid events of it, or, by throwing, none. A sequence token is not looked at. */
export function putLogEvents({ accounts, logs, key, region, input, now }: Call): object {
  const constraints = new Constraints();
  const names = groupAndStream(constraints, input);
  const events = readEvents(constraints, input.logEvents);
  constraints.settle('InvalidParameterException');
  const group = accounts.groupNamed(key, region, names.group);
  if (!group) throw new Refusal('ResourceNotFoundException', 'The specified log group does not exist.');
  const stream = logs.find({ accountId: key.accountId, region }, names.group, names.stream);
  if (!stream) throw new Refusal('ResourceNotFoundException', 'The specified log stream does not exist.');
  checkSizes(events);
  checkOrder(events);
  const oldestKept = group.retentionDays === undefined ? -Infinity : now - group.retentionDays * DAY_MS;
  const tooOldEnd = indexFrom(events, now - MAX_AGE_MS);
  const expiredEnd = indexFrom(events, oldestKept);
  // The first that is later than the limit: timestamps are whole milliseconds.
  const tooNewStart = indexFrom(events, Math.floor(now + MAX_AHEAD_MS) + 1);
  const start = Math.max(tooOldEnd, expiredEnd);
  const valid = start === 0 && tooNewStart === events.length ? events : events.slice(start, tooNewStart);
  checkSpan(valid);
  stream.accept(valid, now, logs.keepEvents);
  const rejected = {
    ...(tooNewStart < events.length ? { tooNewLogEventStartIndex: tooNewStart } : {}),
    ...(tooOldEnd > 0 ? { tooOldLogEventEndIndex: tooOldEnd } : {}),
    ...(expiredEnd > 0 ? { expiredLogEventEndIndex: expiredEnd } : {}),
  };
  return {
    nextSequenceToken: '49640000000000000000000000000000000000000000000000000000',
    ...(valid.length < events.length ? { rejectedLogEventsInfo: rejected } : {}),
  };
}

function readEvents(constraints: Constraints, events: unknown): readonly LogEvent[] {
  if (events === undefined || events === null) {
    constraints.missing('logEvents');
    return [];
  }
  if (!Array.isArray(events)) throw new Refusal('SerializationException', 'Start of list expected');
  const list = events as readonly Partial<LogEvent>[];
  constraints.length('logEvents', list, list.length === 0 ? '[]' : '[InputLogEvent…]', 1, MAX_EVENTS);
  // Without a text for every event that is right: there are a million of them in a test.
  for (let index = 0; index < list.length; index += 1) checkMembers(constraints, list[index], index);
  return list as readonly LogEvent[];
}

function checkMembers(constraints: Constraints, event: Partial<LogEvent> | undefined, index: number): void {
  const { timestamp, message } = event ?? {};
  const at = (member: string): string => `logEvents.${index + 1}.member.${member}`;
  if (timestamp === undefined) constraints.missing(at('timestamp'));
  else if (!Number.isSafeInteger(timestamp))
    throw new Refusal('SerializationException', `${String(timestamp)} can not be converted to a Long`);
  else if (timestamp < 0) constraints.range(at('timestamp'), timestamp, 0);
  if (message === undefined) constraints.missing(at('message'));
  else if (typeof message !== 'string')
    throw new Refusal('SerializationException', `${typeof message} can not be converted to a String`);
  else if (message === '') constraints.length(at('message'), message, '', 1, Infinity);
}

function checkSizes(events: readonly LogEvent[]): void {
  let total = 0;
  for (const { message } of events) {
    const bytes = Buffer.byteLength(message) + EVENT_OVERHEAD_BYTES;
    if (bytes > MAX_EVENT_BYTES)
      throw invalid(`Log event too large: ${bytes} bytes exceeds limit of ${MAX_EVENT_BYTES}`);
    total += bytes;
  }
  if (total > MAX_BATCH_BYTES)
    throw invalid(`Upload too large: ${total} bytes exceeds limit of ${MAX_BATCH_BYTES}`);
}

function checkOrder(events: readonly LogEvent[]): void {
  let latest = 0;
  for (const { timestamp } of events) {
    if (timestamp < latest)
      throw invalid('Log events in a single PutLogEvents request must be in chronological order.');
    latest = timestamp;
  }
}

function checkSpan(valid: readonly LogEvent[]): void {
  const first = valid[0]?.timestamp ?? 0;
  const last = valid.at(-1)?.timestamp ?? 0;
  if (last - first > MAX_SPAN_MS)
    throw invalid('The batch of log events in a single PutLogEvents request cannot span more than 24 hours.');
}

/** How many events are before `time`. They are in chronological order. */
function indexFrom(events: readonly LogEvent[], time: number): number {
  const last = events.at(-1);
  if (last && last.timestamp < time) return events.length;
  const index = events.findIndex(({ timestamp }) => timestamp >= time);
  return Math.max(0, index);
}
