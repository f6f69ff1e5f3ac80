import type { MetricOrigin, MetricSample } from './stream.js';

/** As CloudWatch calls them; other sinks have the same units by other names. */
export type MetricUnit = 'Bytes' | 'Count' | 'Seconds' | 'Percent' | 'None';

/** What is known of a metric that a database or an agent reports. */
export interface KnownMetric {
  /** Without prefix and `_total`, as in a `MetricSample`. */
  readonly name: string;
  /** Of a counter: what is counted, not how fast. */
  readonly unit: MetricUnit;
  /** How it is to be read. Goes before what the server says: `statuses` was declared a counter and never was one. */
  readonly type: MetricSample['type'];
  readonly origin: MetricOrigin;
  /** Labels that tell one series from another and mean something to a reader; what else it has is dropped. */
  readonly dimensions: readonly string[];
  /** How many series of it a node has, as assumed for a projection of costs. */
  readonly series: number;
  /** Health of the database and its machine: wanted unless an integration excludes it. */
  readonly isDefault: boolean;
  /** Name since 25.0 of what older servers call by this one: a node has one of both. */
  readonly laterName?: string;
}

/** Of a name without prefix and `_total`. Has no length of its own: sinks have theirs. */
export const METRIC_NAME_PATTERN = /^[A-Za-z_][A-Za-z0-9_]*$/;

type Facts = Pick<KnownMetric, 'dimensions' | 'series'> & Partial<Pick<KnownMetric, 'laterName'>>;
type Row = Omit<KnownMetric, 'origin' | 'isDefault'>;

const ONE: Facts = { dimensions: [], series: 1 };
const by = (series: number, ...dimensions: readonly string[]): Facts => ({ series, dimensions });
const gauge = (name: string, unit: MetricUnit, facts = ONE): Row => ({ name, unit, type: 'gauge', ...facts });
const counter = (name: string, unit: MetricUnit, facts = ONE): Row => ({
  name,
  unit,
  type: 'counter',
  ...facts,
});
/** What a histogram counts and sums up; its buckets are in no list, for each is a series of its own. */
const histogram = (name: string, unit: MetricUnit, facts = ONE): Row[] => [
  counter(`${name}_count`, 'Count', facts),
  counter(`${name}_sum`, unit, facts),
];
const subscription = (series = 1): Facts => by(series, 'event_stream_id', 'group_name');

/**
 * Of the machine: what the database says of it, and what the agent does. Numbers of series: three periods of load, free
 * and total (used and total) of memory and of one disk.
 */
const MACHINE: readonly Row[] = [
  gauge('sys_load_avg', 'None', by(3, 'period')),
  gauge('sys_cpu', 'Percent'),
  gauge('sys_mem_bytes', 'Bytes', by(2, 'kind')),
  gauge('sys_disk_bytes', 'Bytes', by(2, 'disk', 'kind')),
  gauge('host_load_avg', 'None', by(3, 'period')),
  gauge('host_cores', 'Count'),
  gauge('host_mem_bytes', 'Bytes', by(2, 'kind')),
  gauge('host_disk_bytes', 'Bytes', by(2, 'disk', 'kind')),
];

/**
 * Health of the database. Numbers of series are those of the server's own metricsconfig.json, as its documentation shows
 * it: queues as Readers and Others, the checkpoint of replication, one cache's hits and misses
 * (https://docs.kurrent.io/server/latest/diagnostics/metrics.html, read 2026-11-28).
 */
const HEALTH: readonly Row[] = [
  gauge('proc_cpu', 'Percent'),
  gauge('proc_mem_bytes', 'Bytes', by(1, 'kind')),
  // Declared a counter: read as one it would be 60 in every minute, and no restart could be seen.
  gauge('proc_up_time_seconds', 'Seconds'),
  gauge('proc_up_time', 'Seconds', { ...ONE, laterName: 'proc_up_time_seconds' }),
  counter('disk_io_bytes', 'Bytes', by(2, 'activity')),
  counter('disk_io_operations', 'Count', by(2, 'activity')),
  counter('io_bytes', 'Bytes', by(1, 'activity')),
  counter('io_events', 'Count', by(2, 'activity')),
  gauge('checkpoints', 'None', by(1, 'name')),
  counter('elections_count', 'Count'),
  gauge('gc_pause_duration_max_seconds', 'Seconds'),
  gauge('gc_time_in_gc', 'Percent'),
  gauge('queue_queueing_duration_max_seconds', 'Seconds', by(2, 'name')),
  gauge('writer_flush_duration_max_seconds', 'Seconds'),
  counter('cache_hits_misses', 'Count', by(2, 'cache', 'kind')),
  gauge('current_incoming_grpc_calls', 'Count'),
  gauge('kestrel_connections', 'Count'),
];

/** What an integration gets when it asks. What is one series per subscription or projection is assumed to be there once. */
const ON_REQUEST: readonly Row[] = [
  counter('incoming_grpc_calls', 'Count', by(2, 'kind')),
  gauge('cache_resources_bytes', 'Bytes', by(4, 'cache', 'kind')),
  gauge('cache_resources_entries', 'Count', by(2, 'cache', 'kind')),
  gauge('statuses', 'Seconds', by(3, 'name', 'status')),
  gauge('writer_flush_size_max', 'Bytes'),
  counter('queue_busy_seconds', 'Seconds', by(2, 'queue')),
  gauge('proc_thread_count', 'Count'),
  gauge('proc_thread_pool_pending_work_item_count', 'Count'),
  counter('proc_contention_count', 'Count'),
  counter('proc_exception_count', 'Count'),
  gauge('gc_heap_size_bytes', 'Bytes'),
  gauge('gc_heap_fragmentation', 'Percent'),
  counter('gc_allocated_bytes', 'Bytes'),
  counter('gc_total_allocated', 'Bytes', { ...ONE, laterName: 'gc_allocated_bytes' }),
  gauge('gc_generation_size_bytes', 'Bytes', by(4, 'generation')),
  counter('gc_collection_count', 'Count', by(3, 'generation')),
  ...histogram('gossip_latency_seconds', 'Seconds', by(2, 'activity', 'status')),
  ...histogram('gossip_processing_duration_seconds', 'Seconds', by(2, 'activity', 'status')),
  ...histogram('grpc_method_duration_seconds', 'Seconds', by(2, 'activity', 'status')),
  ...histogram('io_record_read_duration_seconds', 'Seconds', by(2, 'source')),
  ...histogram('logical_chunk_read_distribution', 'None'),
  ...histogram('queue_processing_duration_seconds', 'Seconds', by(20, 'message_type', 'queue')),
  gauge('persistent_sub_connections', 'Count', subscription()),
  gauge('persistent_sub_parked_messages', 'Count', subscription()),
  gauge('persistent_sub_in_flight_messages', 'Count', subscription()),
  gauge('persistent_sub_oldest_parked_message_seconds', 'Seconds', subscription()),
  counter('persistent_sub_items_processed', 'Count', subscription()),
  gauge('persistent_sub_last_known_event_number', 'None', subscription()),
  gauge('persistent_sub_last_known_event_commit_position', 'None', subscription()),
  gauge('persistent_sub_checkpointed_event_number', 'None', subscription()),
  gauge('persistent_sub_checkpointed_event_commit_position', 'None', subscription()),
  gauge('persistent_sub_parked_message_replays', 'Count', subscription()),
  gauge('persistent_sub_park_message_requests', 'Count', by(2, 'event_stream_id', 'group_name', 'reason')),
  gauge('persistent_sub_parked_message_truncations', 'Count', subscription()),
  counter('projection_events_processed_after_restart', 'Count', by(1, 'projection')),
  gauge('projection_progress', 'None', by(1, 'projection')),
  gauge('projection_running', 'None', by(1, 'projection')),
  gauge('projection_status', 'None', by(3, 'projection', 'status')),
  gauge('projection_state_size', 'Bytes', by(1, 'projection', 'partition')),
  gauge('projection_state_size_bound', 'Bytes', by(1, 'bound')),
  gauge('projection_state_serialization_duration_max_seconds', 'Seconds', by(1, 'name')),
  gauge('projection_execution_duration_max_seconds', 'Seconds', by(1, 'name')),
  ...histogram('projection_execution_duration_seconds', 'Seconds', by(1, 'projection', 'jsFunction')),
  counter('duckdb_cpu_seconds', 'Seconds', by(2, 'role')),
  gauge('indexes_secondary_gap_bytes', 'Bytes', by(1, 'index')),
  gauge('indexes_secondary_lag_seconds', 'Seconds', by(1, 'index')),
];

const known = (rows: readonly Row[], origin: MetricOrigin, isDefault: boolean): KnownMetric[] =>
  rows.map((row) => ({ ...row, origin, isDefault }));

/** What servers of 23.6 to 26.1 report, by the names of both eras, and what the agent does. */
export const KNOWN_METRICS: readonly KnownMetric[] = [
  ...known(MACHINE, 'host', true),
  ...known(HEALTH, 'eventstoredb', true),
  ...known(ON_REQUEST, 'eventstoredb', false),
];

const BY_NAME: ReadonlyMap<string, KnownMetric> = new Map(KNOWN_METRICS.map((one) => [one.name, one]));

/** Undefined for one that is in no list: of that nobody knows more than its samples say. */
export const knownMetric = (name: string): KnownMetric | undefined => BY_NAME.get(name);

/** A server's name without prefix (of either era) and `_total`; also of a pattern: `kurrentdb_io_*` is `io_*`. */
export const bareMetricName = (name: string): string =>
  name.replace(/^(eventstore|kurrentdb)_/, '').replace(/_total$/, '');

const isBucket = (name: string): boolean => name.endsWith('_bucket');

/**
 * Which names these patterns mean: each a name, with or without a server's prefix and `_total`, or the beginning of one
 * with `*` behind it. Buckets of histograms are meant only where a pattern spells `_bucket`, for they are many.
 */
export function namesMatcher(patterns: readonly string[]): (name: string) => boolean {
  const bare = patterns.map(bareMetricName);
  const exact = new Set(bare.filter((pattern) => !pattern.endsWith('*')));
  const beginnings = bare.filter((pattern) => pattern.endsWith('*')).map((pattern) => pattern.slice(0, -1));
  return (name) =>
    exact.has(name) ||
    beginnings.some((beginning) => name.startsWith(beginning) && (!isBucket(name) || isBucket(beginning)));
}

/** Which metrics are wanted: those of the default list, and those that `extra` means, as of `namesMatcher`. */
export function metricMatcher(extra: readonly string[]): (name: string) => boolean {
  const isExtra = namesMatcher(extra);
  return (name) => knownMetric(name)?.isDefault === true || isExtra(name);
}
