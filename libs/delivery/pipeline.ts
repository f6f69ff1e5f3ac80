import type { Clock } from '../domain/index.js';
import type { Logger, Metrics } from '../observability/index.js';
import {
  BacklogStore,
  DeliveryStore,
  IntegrationHealthStore,
  SubjectStore,
  type Database,
} from '../persistence/index.js';
import type { Random } from './backoff.js';
import { Claims } from './claim.js';
import { IntegrationGate } from './integration-gate.js';
import type { IntegrationHealth } from './integration-health.js';
import type { DeliveryRules } from './rules.js';
import { SinkCaller } from './sink-caller.js';
import type { SinkConnections } from './sink-connections.js';
import { Sweeper } from './sweeper.js';
import type { Wakeups } from './wakeups.js';
import { DeliveryWorker } from './worker.js';

export interface PipelineParts {
  readonly database: Database;
  readonly health: IntegrationHealth;
  readonly wakeups: Wakeups;
  readonly connections: SinkConnections;
  readonly rules: DeliveryRules;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly random?: Random;
}

export interface Pipeline {
  readonly worker: DeliveryWorker;
  readonly sweeper: Sweeper;
}

/** Puts together what works on the due deliveries of these sinks. Nothing runs yet. */
export function createPipeline(sinks: readonly string[], parts: PipelineParts): Pipeline {
  const { database, health, wakeups, rules, clock, logger, metrics } = parts;
  const deliveries = new DeliveryStore();
  const backlog = new BacklogStore();
  const gate = new IntegrationGate(rules.callsPerIntegration);
  const integrations = new IntegrationHealthStore();
  const claims = new Claims(database, deliveries, integrations, new SubjectStore(), gate, clock, rules);
  const caller = new SinkCaller(parts.connections, clock, rules);
  const worker = new DeliveryWorker(
    { database, deliveries, backlog, claims, caller, health, gate, wakeups, clock, logger, metrics },
    parts.random,
  );
  return {
    worker,
    sweeper: new Sweeper(database, backlog, health, wakeups, sinks, clock, logger, metrics),
  };
}
