import { newId, type Clock, type Outcome } from '../domain/index.js';
import type { Logger, Metrics } from '../observability/index.js';
import { AttemptEntity, type BacklogStore, type Database, type DeliveryStore } from '../persistence/index.js';
import { traitsOf } from '../sinks/index.js';
import type { Random } from './backoff.js';
import type { Claim, Claims } from './claim.js';
import { progressOf } from './delivery-rows.js';
import type { DeliveryState } from './delivery-state.js';
import type { IntegrationGate } from './integration-gate.js';
import type { IntegrationHealth } from './integration-health.js';
import { persistently } from './persistently.js';
import type { CallResult, SinkCaller } from './sink-caller.js';
import { settle } from './settle.js';
import type { Wakeups } from './wakeups.js';

/** Calls one wake-up may lead to: a search, then the post, and what came in meanwhile. More waits for the next one. */
const STEPS_PER_RUN = 4;

export interface WorkerParts {
  readonly database: Database;
  readonly deliveries: DeliveryStore;
  readonly backlog: BacklogStore;
  readonly claims: Claims;
  readonly caller: SinkCaller;
  readonly health: IntegrationHealth;
  readonly gate: IntegrationGate;
  readonly wakeups: Wakeups;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/**
 * The delivery pipeline, whole: claim what is due → call the sink → settle what its answer means → record it.
 * It never replays a queue: each step looks at the subject as it is now. Any number of workers may run.
 */
export class DeliveryWorker {
  constructor(
    private readonly parts: WorkerParts,
    private readonly random: Random = Math.random,
  ) {}

  /** Brings one delivery as far as it can go now. */
  async run(deliveryId: string): Promise<void> {
    for (let step = 0; step < STEPS_PER_RUN; step += 1) {
      const claim = await this.claim(deliveryId);
      if (!claim) return;
      const dueAt = await this.call(claim).finally(() => this.leave(claim.integration.id));
      if (!dueAt || dueAt > this.parts.clock.now()) return;
    }
  }

  private async claim(deliveryId: string): Promise<Claim | undefined> {
    try {
      return await this.parts.claims.take(deliveryId);
    } catch (error) {
      // A row that cannot be worked on must not come back with every sweep.
      const now = this.parts.clock.now();
      await this.parts.backlog.postpone(this.parts.database, deliveryId, now).catch(() => undefined);
      throw error;
    }
  }

  private async call(claim: Claim): Promise<Date | null> {
    const result = await this.parts.caller.call(claim);
    const { readsBack } = traitsOf(claim.delivery.sink);
    const context = { now: this.parts.clock.now(), random: this.random, readsBack };
    const settled = settle(claim.state, result, context);
    this.report(claim, result);
    const attempt = attemptOf(claim, result);
    return persistently(this.parts.logger, async () => {
      const next = await this.parts.health.absorb(claim, result, settled);
      return this.record(claim, attempt, next);
    });
  }

  private async record(claim: Claim, attempt: AttemptEntity, next: DeliveryState): Promise<Date | null> {
    const { delivery, leaseToken, state } = claim;
    const now = this.parts.clock.now();
    const recorded = await this.parts.deliveries.record(
      this.parts.database,
      delivery.id,
      leaseToken,
      state.acceptedSeq,
      progressOf(next),
      attempt,
      now,
    );
    if (!recorded) this.parts.logger.warn({ event: 'delivery.lease.lost', deliveryId: delivery.id });
    return recorded?.dueAt ?? null;
  }

  private leave(integrationId: string): void {
    const places = this.parts.gate.leave(integrationId);
    if (places === 0) return;
    this.fill(integrationId, places).catch((error: unknown) =>
      this.parts.logger.warn({ event: 'delivery.wake.failed', error: String(error) }),
    );
  }

  private async fill(integrationId: string, places: number): Promise<void> {
    const { database, backlog, gate, wakeups, clock } = this.parts;
    const due = await backlog.dueOf(database, integrationId, clock.now(), places);
    if (due.length < places) gate.caughtUp(integrationId);
    await wakeups.wake(due);
  }

  private report({ delivery, state }: Claim, { outcome, durationMs }: CallResult): void {
    const action = state.call?.action ?? 'open';
    this.parts.metrics.deliveryAttempts.inc({ sink: delivery.sink, action, outcome: outcome.kind });
    this.parts.metrics.deliveryDuration.observe({ sink: delivery.sink }, durationMs / 1_000);
    const { code, reason } = failureOf(outcome);
    this.parts.logger[code ? 'warn' : 'info']({
      event: 'delivery.attempted',
      deliveryId: delivery.id,
      integrationId: delivery.integrationId,
      subjectId: delivery.subjectId,
      action,
      outcome: outcome.kind,
      ...(code ? { code, reason } : {}),
      durationMs,
    });
  }
}

function attemptOf({ delivery, state }: Claim, result: CallResult): AttemptEntity {
  const attempt = new AttemptEntity();
  const { code, reason } = failureOf(result.outcome);
  return Object.assign(attempt, {
    id: newId(result.startedAt),
    deliveryId: delivery.id,
    integrationId: delivery.integrationId,
    action: state.call?.action ?? 'open',
    seq: state.call?.shows.seq ?? 0,
    outcome: result.outcome.kind,
    code,
    reason,
    httpStatus: result.httpStatus ?? null,
    requestDigest: result.requestDigest ?? null,
    requestShape: result.requestShape ?? null,
    answer: result.answer ?? null,
    startedAt: result.startedAt,
    durationMs: result.durationMs,
  });
}

function failureOf(outcome: Outcome): { code: string | null; reason: string | null } {
  return 'code' in outcome ? { code: outcome.code, reason: outcome.reason } : { code: null, reason: null };
}
