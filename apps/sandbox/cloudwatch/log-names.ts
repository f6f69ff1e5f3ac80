import type { Constraints } from './constraints.js';
import type { Input } from './operation.js';

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html, read 2026-11-28. */
const GROUP_NAME = /[.\-_/#A-Za-z0-9]+/;
/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogStream.html, read 2026-11-28. */
const STREAM_NAME = /[^:*]*/;

export const groupOf = (constraints: Constraints, { logGroupName }: Input): string =>
  constraints.name('logGroupName', logGroupName, GROUP_NAME);

export const groupAndStream = (
  constraints: Constraints,
  input: Input,
): { group: string; stream: string } => ({
  group: groupOf(constraints, input),
  stream: constraints.name('logStreamName', input.logStreamName, STREAM_NAME),
});
