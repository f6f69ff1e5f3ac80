import type { Clock } from '../domain/index.js';
import type { Logger, Metrics } from '../observability/index.js';
import type {
  AttemptEntity,
  BacklogStore,
  Database,
  DeliveryEntity,
  DeliveryStore,
} from '../persistence/index.js';
import { traitsOf } from '../sinks/index.js';
import { attemptOf, explained, isNoError } from './attempt.js';
import type { Random } from './backoff.js';
import type { Claim } from './claim.js';
import type { Claims } from './claims.js';
import { progressOf } from './delivery-rows.js';
import type { DeliveryState } from './delivery-state.js';
import type { IntegrationGate } from './integration-gate.js';
import type { IntegrationHealth } from './integration-health.js';
import { persistently } from './persistently.js';
import type { CallResult, SinkCaller } from './sink-caller.js';
import { settle } from './settle.js';
import type { Storms } from './storms/storms.js';

/** Calls one wake-up may lead to: a search, then the post, and what came in meanwhile. More waits for the next one. */
const STEPS_PER_RUN = 4;

/** Whose call was made. */
export type Worked = Pick<DeliveryEntity, 'integrationId' | 'sink'>;

export interface WorkerParts {
  readonly database: Database;
  readonly deliveries: DeliveryStore;
  readonly backlog: BacklogStore;
  readonly claims: Claims;
  readonly storms: Storms;
  readonly caller: SinkCaller;
  readonly health: IntegrationHealth;
  readonly gate: IntegrationGate;
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

  /** Brings one delivery as far as it can go now. Undefined when nothing was to be called for it. */
  async run(deliveryId: string): Promise<Worked | undefined> {
    let worked: Worked | undefined;
    for (let step = 0; step < STEPS_PER_RUN; step += 1) {
      const claim = await this.claim(deliveryId);
      if (!claim) return worked;
      worked = claim.delivery;
      const dueAt = await this.call(claim).finally(() => this.leave(claim.delivery));
      if (!dueAt || dueAt > this.parts.clock.now()) return worked;
    }
    return worked;
  }

  private leave({ integrationId, id }: DeliveryEntity): void {
    this.parts.gate.leave(integrationId, id);
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
      await this.parts.claims.ended(claim, context.now);
      const next = await this.parts.health.absorb(claim, result, settled);
      return this.record(claim, attempt, next);
    });
  }

  private async record(claim: Claim, attempt: AttemptEntity, next: DeliveryState): Promise<Date | null> {
    const { database, deliveries, storms, clock, logger } = this.parts;
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
        ? await storms.settling(delivery, next, now, (tx) => deliveries.record(tx, ended))
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
