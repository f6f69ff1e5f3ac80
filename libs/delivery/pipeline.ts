import type { Clock } from '../domain/index.js';
import type { Logger, Metrics } from '../observability/index.js';
import {
  BacklogStore,
  ClaimStore,
  DeliveryStore,
  PaceStore,
  StormCardStore,
  StormMemberStore,
  StormStore,
  type Database,
} from '../persistence/index.js';
import type { Random } from './backoff.js';
import { Decisions } from './claim-decision.js';
import { Claims } from './claims.js';
import { IntegrationGate } from './integration-gate.js';
import type { IntegrationHealth } from './integration-health.js';
import { Pacing } from './pacing.js';
import { PlaceAlarms } from './place-alarms.js';
import type { DeliveryRules } from './rules.js';
import { SinkCaller } from './sink-caller.js';
import type { SinkConnections } from './sink-connections.js';
import { Storms } from './storms/storms.js';
import { Summaries } from './storms/summaries.js';
import { SummaryEnds } from './storms/summary-ends.js';
import { Sweeper } from './sweeper.js';
import { Turns } from './turns.js';
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
  /** Where people reach the hub, if it knows. */
  readonly publicUrl?: string | undefined;
}

export interface Pipeline {
  readonly worker: DeliveryWorker;
  readonly turns: Turns;
  readonly sweeper: Sweeper;
}

/** Puts together what works on the due deliveries of these sinks. Nothing runs yet. */
export function createPipeline(sinks: readonly string[], parts: PipelineParts): Pipeline {
  const { database, health, wakeups, rules, clock, logger, metrics } = parts;
  const deliveries = new DeliveryStore();
  const backlog = new BacklogStore();
  const gate = new IntegrationGate(rules.callsPerIntegration);
  wakeups.waitingIn(gate);
  const store = new StormStore();
  const storms = new Storms(database, store, deliveries, wakeups);
  const looking = {
    database,
    rows: new ClaimStore(),
    deliveries,
    decisions: new Decisions(storms, rules),
    pacing: new Pacing(database, new PaceStore(), parts.connections, new PlaceAlarms(wakeups)),
    clock,
    rules,
  };
  const cards = new StormCardStore();
  const summaries = new Summaries({
    ...looking,
    store,
    ends: new SummaryEnds(store, new StormMemberStore()),
    cards,
    publicUrl: parts.publicUrl,
  });
  const claims = new Claims({ ...looking, storms, summaries });
  const caller = new SinkCaller(parts.connections, clock, rules);
  const worker = new DeliveryWorker(
    { database, deliveries, backlog, claims, summaries, caller, health, clock, logger, metrics },
    parts.random,
  );
  return {
    worker,
    turns: new Turns({ worker, gate, database, backlog, wakeups, clock, logger }),
    sweeper: new Sweeper(database, backlog, health, wakeups, sinks, clock, logger, metrics),
  };
}
