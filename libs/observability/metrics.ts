import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

/** The process's metrics, named `spillway_<noun>_<unit|total>`, in the Prometheus text format. */
export class Metrics {
  readonly registry = new Registry();

  readonly issueEventsAccepted = new Counter({
    name: 'spillway_issue_events_accepted_total',
    help: 'Issue events accepted, by event',
    labelNames: ['event'] as const,
    registers: [this.registry],
  });
  readonly streamEntriesAccepted = new Counter({
    name: 'spillway_stream_entries_accepted_total',
    help: 'Log lines and metric samples accepted, by source',
    labelNames: ['source'] as const,
    registers: [this.registry],
  });
  readonly streamEntriesExpired = new Counter({
    name: 'spillway_stream_entries_expired_total',
    help: 'Log lines and metric samples that were forgotten before they were delivered, by integration',
    labelNames: ['integration'] as const,
    registers: [this.registry],
  });
  readonly deliveryAttempts = new Counter({
    name: 'spillway_delivery_attempts_total',
    help: 'Calls to sinks, by sink, action and outcome',
    labelNames: ['sink', 'action', 'outcome'] as const,
    registers: [this.registry],
  });
  readonly deliveryDrifts = new Counter({
    name: 'spillway_delivery_drifts_total',
    help: 'Things found open at their sink after they had been closed, by sink',
    labelNames: ['sink'] as const,
    registers: [this.registry],
  });
  readonly deliveryDuration = new Histogram({
    name: 'spillway_delivery_attempt_duration_seconds',
    help: 'How long calls to sinks take',
    labelNames: ['sink'] as const,
    buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [this.registry],
  });
  readonly polls = new Counter({
    name: 'spillway_node_polls_total',
    help: 'Requests to cluster nodes, by endpoint and result',
    labelNames: ['endpoint', 'result'] as const,
    registers: [this.registry],
  });
  readonly metricSamples = new Counter({
    name: 'spillway_metric_samples_total',
    help: 'Samples of metrics that were read from nodes because somebody wants them, by what became of them',
    labelNames: ['result'] as const,
    registers: [this.registry],
  });
  readonly logLines = new Counter({
    name: 'spillway_log_lines_polled_total',
    help: 'Log lines that were read from nodes over HTTP and stored',
    registers: [this.registry],
  });
  readonly pointsDropped = new Counter({
    name: 'spillway_points_dropped_total',
    help: 'Points in line protocol that were read and not stored, by kind: metrics that nobody wants, control messages, others',
    labelNames: ['kind'] as const,
    registers: [this.registry],
  });
  readonly signInFailures = new Counter({
    name: 'spillway_sign_in_failures_total',
    help: 'Wrong passwords and one-time codes',
    registers: [this.registry],
  });
  readonly signInLocks = new Counter({
    name: 'spillway_sign_in_locks_total',
    help: 'Locks after too many failures, by what was counted',
    labelNames: ['counted'] as const,
    registers: [this.registry],
  });
  readonly deliveriesDue = new Gauge({
    name: 'spillway_deliveries_due',
    help: 'Deliveries that were due at the last sweep',
    registers: [this.registry],
  });

  readonly ledgerUnits = new Gauge({
    name: 'spillway_ledger_units',
    help: 'Units of each active integration, by source and by where they are',
    labelNames: ['integration', 'sink', 'source', 'end'] as const,
    registers: [this.registry],
  });
  readonly ledgerBalanced = new Gauge({
    name: 'spillway_ledger_balanced',
    help: 'Whether the last audit found the ledger of an integration balanced: 1 or 0',
    labelNames: ['integration'] as const,
    registers: [this.registry],
  });

  readonly integrations = new Gauge({
    name: 'spillway_integrations',
    help: 'Integrations by health: healthy, degraded, failing, paused',
    labelNames: ['health'] as const,
    registers: [this.registry],
  });
  readonly integrationBacklog = new Gauge({
    name: 'spillway_integration_backlog_units',
    help: 'Units that an integration owes its sink and has not settled',
    labelNames: ['integration'] as const,
    registers: [this.registry],
  });

  /** Adds the figures of the Node process itself: memory, event loop lag, garbage collection. */
  collectProcess(): void {
    collectDefaultMetrics({ register: this.registry });
  }
}
