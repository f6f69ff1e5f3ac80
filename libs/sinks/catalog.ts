import { awsCloudWatchLogsSink } from './aws-cloud-watch-logs/index.js';
import { awsCloudWatchMetricsSink } from './aws-cloud-watch-metrics/index.js';
import { opsGenieSink } from './ops-genie/index.js';
import type { SinkDefinition, SinkTraits } from './sink.js';
import { slackSink } from './slack/index.js';
import type { StreamTraits } from './stream-sink.js';

/** The one explicit list of sinks. */
export const SINKS: readonly SinkDefinition[] = [
  awsCloudWatchLogsSink,
  awsCloudWatchMetricsSink,
  opsGenieSink,
  slackSink,
];

const kindsThat = (delivers: SinkDefinition['delivers']): readonly string[] =>
  SINKS.filter((sink) => sink.delivers === delivers).map(({ kind }) => kind);

/** Kinds of those that issues and notifications are delivered to. */
export const DELIVERING_KINDS: readonly string[] = kindsThat('things');
/** Kinds of those that streams of logs or metrics are delivered to. */
export const STREAM_KINDS: readonly string[] = kindsThat('streams');

/** How things behave at a sink of issues and notifications. Throws for any other kind. */
export function traitsOf(kind: string): SinkTraits {
  const sink = SINKS.find((one) => one.kind === kind);
  if (sink?.delivers !== 'things') throw new Error(`No issues are delivered to ${kind}`);
  return sink.traits;
}

/** How streams behave at a sink. Throws for one that takes none. */
export function streamTraitsOf(kind: string): StreamTraits {
  const sink = SINKS.find((one) => one.kind === kind);
  if (sink?.delivers !== 'streams') throw new Error(`No streams are delivered to ${kind}`);
  return sink.streamTraits;
}
