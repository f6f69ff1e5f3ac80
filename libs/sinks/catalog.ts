import { awsCloudWatchLogsSink } from './aws-cloud-watch-logs/index.js';
import { awsCloudWatchMetricsSink } from './aws-cloud-watch-metrics/index.js';
import { opsGenieSink } from './ops-genie/index.js';
import type { DeliveringSink, SinkDefinition, SinkTraits } from './sink.js';
import { slackSink } from './slack/index.js';

/** The one explicit list of sinks. */
export const SINKS: readonly SinkDefinition[] = [
  awsCloudWatchLogsSink,
  awsCloudWatchMetricsSink,
  opsGenieSink,
  slackSink,
];

/** Kinds of those that something is delivered to; only they have a queue, and only their integrations are owed anything. */
export const DELIVERING_KINDS: readonly string[] = SINKS.filter(
  (sink): sink is DeliveringSink => sink.delivers,
).map(({ kind }) => kind);

/** How things behave at a sink that is delivered to. Throws for any other kind. */
export function traitsOf(kind: string): SinkTraits {
  const sink = SINKS.find((one) => one.kind === kind);
  if (!sink?.delivers) throw new Error(`Nothing is delivered to ${kind}`);
  return sink.traits;
}
