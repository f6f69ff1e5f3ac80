/**
 * A stand-in for Amazon CloudWatch, Logs and Metrics, and for the assuming of roles: keys, log groups, streams, metrics and
 * signed calls, over HTTP on the loopback interface.
 *
 * Tests and the sandbox's program depend on it; it depends on nothing of ours.
 * It leaves to others: who calls it, and what should have come of it.
 */
export { CloudWatchStandIn } from './cloudwatch-stand-in.js';
export type { AwsKey, AwsRole, LogGroup } from './aws-account.js';
export type { LogEvent, LogStream, StreamPlace } from './log-store.js';
export type { MetricDatum, MetricNamespace } from './metric-store.js';
