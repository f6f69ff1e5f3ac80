import { describe, expect, it } from 'vitest';
import {
  bareMetricName,
  KNOWN_METRICS,
  knownMetric,
  METRIC_NAME_PATTERN,
  metricMatcher,
  namesMatcher,
} from './index.js';

describe('the catalog of metrics', () => {
  it('names each once, as it is without prefix and _total', () => {
    const names = KNOWN_METRICS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) {
      expect(name).toMatch(METRIC_NAME_PATTERN);
      expect(bareMetricName(name)).toBe(name);
    }
  });

  it('has the unit that a name ends with, and later names that are in it, too', () => {
    for (const { name, unit, laterName, series } of KNOWN_METRICS) {
      const bare = name.replace(/_(sum|max)$/, '');
      if (name.endsWith('_count')) expect(unit, name).toBe('Count');
      else if (bare.endsWith('_bytes')) expect(unit, name).toBe('Bytes');
      else if (bare.endsWith('_seconds')) expect(unit, name).toBe('Seconds');
      if (laterName !== undefined) expect(knownMetric(laterName), name).toBeDefined();
      expect(series, name).toBeGreaterThan(0);
    }
  });

  it('knows nothing of what it does not have', () => {
    expect(knownMetric('toString')).toBeUndefined();
    expect(knownMetric('io_bytes_total')).toBeUndefined();
  });
});

/** From the server's own test of its endpoint, 25.0, in both eras. */
const OF_THE_SERVER =
  `cache_hits_misses cache_resources_entries checkpoints current_incoming_grpc_calls disk_io_bytes
  disk_io_operations elections_count gc_allocated_bytes gc_total_allocated gc_collection_count gc_generation_size_bytes
  gc_heap_fragmentation gc_heap_size_bytes gc_pause_duration_max_seconds gc_time_in_gc incoming_grpc_calls io_bytes io_events
  io_record_read_duration_seconds_count logical_chunk_read_distribution_sum proc_contention_count proc_cpu
  proc_exception_count proc_mem_bytes proc_thread_count proc_thread_pool_pending_work_item_count proc_up_time
  proc_up_time_seconds queue_busy_seconds queue_processing_duration_seconds_sum queue_queueing_duration_max_seconds
  statuses sys_cpu sys_disk_bytes sys_mem_bytes writer_flush_duration_max_seconds writer_flush_size_max sys_load_avg`.split(
    /\s+/,
  );

describe('what a server reports', () => {
  it.each(OF_THE_SERVER)('%s is known', (name) => {
    expect(knownMetric(name)).toBeDefined();
  });

  it.each([
    ['kurrentdb_io_bytes_total', 'io_bytes'],
    ['eventstore_elections_count', 'elections_count'],
    ['kurrentdb_sys_load_avg', 'sys_load_avg'],
    ['kurrentdb_gossip_latency_seconds_bucket', 'gossip_latency_seconds_bucket'],
    ['my_eventstore_total_of', 'my_eventstore_total_of'],
  ])('%s is %s', (name, bare) => {
    expect(bareMetricName(name)).toBe(bare);
  });
});

describe('the wanted metrics', () => {
  it('are by default those of health: no buckets, nothing of which nobody knows how many there are', () => {
    const isWanted = metricMatcher([]);
    for (const name of ['sys_load_avg', 'host_disk_bytes', 'checkpoints', 'io_bytes', 'elections_count'])
      expect(isWanted(name), name).toBe(true);
    for (const name of [
      'gossip_latency_seconds_bucket',
      'persistent_sub_connections',
      'projection_progress',
      'x',
    ])
      expect(isWanted(name), name).toBe(false);
  });

  it('are those that are named, or whose beginning is, besides', () => {
    const isWanted = metricMatcher(['kurrentdb_statuses', 'persistent_sub_*', 'my_counter_total']);
    for (const name of ['sys_cpu', 'statuses', 'persistent_sub_connections', 'my_counter'])
      expect(isWanted(name), name).toBe(true);
    for (const name of ['status', 'statuses_x', 'xpersistent_sub_x', 'my_counter_2'])
      expect(isWanted(name), name).toBe(false);
  });

  it('hold buckets only where a pattern spells it', () => {
    const bucket = 'gossip_latency_seconds_bucket';
    for (const pattern of ['*', 'gossip_*', 'gossip_latency_seconds*'])
      expect(namesMatcher([pattern])(bucket), pattern).toBe(false);
    for (const pattern of [bucket, 'gossip_latency_seconds_bucket*'])
      expect(namesMatcher([pattern])(bucket), pattern).toBe(true);
  });

  it('are none without a pattern', () => {
    expect(namesMatcher([])('io_bytes')).toBe(false);
  });
});
