import type { RejectedLogEventsInfo } from '@aws-sdk/client-cloudwatch-logs';
import type { Failure, Outcome } from '../../domain/index.js';
import type { LogsConfig } from './aws-cloud-watch-logs.schema.js';

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html, read 2026-11-20. */
const DAYS_OF_AGE = 14;
const HOURS_AHEAD = 2;
export const MAX_AGE_MS = DAYS_OF_AGE * 24 * 60 * 60_000;
export const MAX_AHEAD_MS = HOURS_AHEAD * 60 * 60_000;

export const TOO_OLD: Failure = {
  code: 'too_old',
  reason: `The line is older than ${DAYS_OF_AGE} days: CloudWatch Logs takes none that are.`,
};
export const TOO_NEW: Failure = {
  code: 'too_new',
  reason: `The line's time is more than ${HOURS_AHEAD} hours ahead: set the clock of its node right.`,
};
const EXPIRED: Failure = {
  code: 'expired',
  reason: "The line is older than the log group's retention: CloudWatch Logs takes none that are.",
};

const isIndex = (value: number | undefined): value is number =>
  value !== undefined && Number.isSafeInteger(value) && value >= 0;

/**
 * What became of a batch of so many events that AWS took: those that it named, by their place in the request. The two ends are
 * exclusive, the start is inclusive; they may overlap.
 */
export function refusedEvents(
  info: RejectedLogEventsInfo | undefined,
  count: number,
): (Failure & { readonly index: number })[] {
  const { tooOldLogEventEndIndex, expiredLogEventEndIndex, tooNewLogEventStartIndex } = info ?? {};
  const endOf = (end: number | undefined): number => (isIndex(end) ? Math.min(end, count) : 0);
  const tooOldEnd = endOf(tooOldLogEventEndIndex);
  const oldEnd = Math.max(tooOldEnd, endOf(expiredLogEventEndIndex));
  const newStart = isIndex(tooNewLogEventStartIndex) ? Math.max(tooNewLogEventStartIndex, oldEnd) : count;
  const refused: (Failure & { readonly index: number })[] = [];
  for (let index = 0; index < oldEnd; index += 1)
    refused.push({ index, ...(index < tooOldEnd ? TOO_OLD : EXPIRED) });
  for (let index = newStart; index < count; index += 1) refused.push({ index, ...TOO_NEW });
  return refused;
}

/** The log group is not there, and may not be made by us. */
export const missingGroup = ({ groupName, region }: LogsConfig): Outcome => ({
  kind: 'gone',
  what: 'destination',
  code: 'log_group_not_found',
  reason: `There is no log group ${groupName} in ${region}: create it, set settings.createLogGroup, or check groupName and region.`,
});

/** The log stream cannot be made: nothing is wrong with the lines. */
export const unmade = (what: string, code: string): Outcome => ({
  kind: 'gone',
  what: 'destination',
  code,
  reason: `CloudWatch Logs refuses to make ${what} ("${code}"): make it, or check groupName.`,
});

/** Made a moment ago, and not there yet. */
export const notThereYet = (stream: string): Outcome => ({
  kind: 'transient',
  code: 'log_stream_not_ready',
  reason: `The log stream ${stream} was made and is not there yet: it is tried again.`,
});
