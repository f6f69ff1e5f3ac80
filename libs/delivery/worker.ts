import type { Clock } from '../domain/index.js';
import type { Logger, Metrics } from '../observability/index.js';
import type { AttemptEntity, BacklogStore, Database, DeliveryStore } from '../persistence/index.js';
import { traitsOf } from '../sinks/index.js';
import { attemptOf, explained, isNoError } from './attempt.js';
import type { Random } from './backoff.js';
import type { Claim } from './claim.js';
import type { Claims } from './claims.js';
import { progressOf } from './delivery-rows.js';
import type { DeliveryState } from './delivery-state.js';
import type { IntegrationHealth } from './integration-health.js';
import { persistently } from './persistently.js';
import type { CallResult, SinkCaller } from './sink-caller.js';
import { settle } from './settle.js';
import type { Summaries } from './storms/summaries.js';

/** Calls one wake-up may lead to: a search, then the post, and what came in meanwhile. More waits for the next one. */
const STEPS_PER_RUN = 4;

/** Whether a sink was called, or nothing was to be called. */
export type Worked = 'called' | 'rested';

export interface WorkerParts {
  readonly database: Database;
  readonly deliveries: DeliveryStore;
  readonly backlog: BacklogStore;
  readonly claims: Claims;
  readonly summaries: Summaries;
  readonly caller: SinkCaller;
  readonly health: IntegrationHealth;
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

  /** Brings one delivery as far as it can go now, or the summary that has taken it in. */
  async run(deliveryId: string): Promise<Worked> {
    let calledFor: string | undefined;
    for (let step = 0; step < STEPS_PER_RUN; step += 1) {
      const claim = await this.claim(calledFor ?? deliveryId);
      if (!claim) break;
      calledFor = claim.delivery.id;
      const dueAt = await this.call(claim);
      if (!dueAt || dueAt > this.parts.clock.now()) break;
    }
    return calledFor === undefined ? 'rested' : 'called';
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
    const { claims, health, logger } = this.parts;
    await persistently(logger, () => claims.ended(claim, context.now));
    // Each by itself: what an answer says about the integration counts once, however often it takes to record it.
    const next = await persistently(logger, () => health.absorb(claim, result, settled));
    return persistently(logger, () => this.record(claim, attempt, next));
  }

  private async record(claim: Claim, attempt: AttemptEntity, next: DeliveryState): Promise<Date | null> {
    const { database, deliveries, summaries, clock, logger } = this.parts;
    const { delivery, leaseToken, state } = claim;
    const now = clock.now();
    const ended = {
      id: delivery.id,
      leaseToken,
      claimedSeq: state.acceptedSeq,
      progress: progressOf(next),
      attempt,
      now,
    };
    const recorded =
      delivery.subjectType === 'storm'
        ? await summaries.record(claim, next, ended)
        : await deliveries.record(database, ended);
    if (!recorded) logger.warn({ event: 'delivery.lease.lost', deliveryId: delivery.id });
    return recorded?.dueAt ?? null;
  }

  private report(claim: Claim, result: CallResult): void {
    const { delivery, state } = claim;
    const { outcome, durationMs } = result;
    const { metrics, logger } = this.parts;
    const action = state.call?.action ?? 'open';
    metrics.deliveryAttempts.inc({ sink: delivery.sink, action, outcome: outcome.kind });
    metrics.deliveryDuration.observe({ sink: delivery.sink }, durationMs / 1_000);
    const ids = {
      deliveryId: delivery.id,
      integrationId: delivery.integrationId,
      subjectId: delivery.subjectId,
    };
    if (result.state === 'open') {
      metrics.deliveryDrifts.inc({ sink: delivery.sink });
      logger.warn({ event: 'delivery.drift.found', ...ids, drifts: state.mirror.drifts + 1 });
    }
    const { code, reason } = explained(claim, result);
    logger[code && !isNoError(code) ? 'warn' : 'info']({
      event: 'delivery.attempted',
      ...ids,
      action,
      outcome: outcome.kind,
      ...(code ? { code, reason } : {}),
      durationMs,
    });
  }
}
