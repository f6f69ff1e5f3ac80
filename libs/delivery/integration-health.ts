import type { Clock, Failure, Outcome } from '../domain/index.js';
import type { Logger } from '../observability/index.js';
import type {
  BacklogStore,
  Database,
  HealthBefore,
  IntegrationHealthStore,
  ParkingStore,
  Transaction,
} from '../persistence/index.js';
import { probeDelayMs } from './backoff.js';
import type { Claim } from './claim.js';
import type { DeliveryState } from './delivery-state.js';
import type { HealthNews } from './health/health-news.js';
import type { Intake, IntakeScope } from './intake.js';
import { IntegrationLifecycle } from './integration-lifecycle.js';
import type { CallResult } from './sink-caller.js';
import type { Wakeups } from './wakeups.js';

/** Deliveries of a mended integration that are woken at once, and not only by the next sweep. */
const WOKEN_AT_ONCE = 16;
/** So many failed calls in a row, whichever deliveries they were for, make an integration degraded. */
const FAILURES_OF_DEGRADED = 3;

export interface HealthParts {
  readonly database: Database;
  readonly store: IntegrationHealthStore;
  readonly backlog: BacklogStore;
  readonly parking: ParkingStore;
  readonly news: HealthNews;
  readonly intake: Intake;
  readonly wakeups: Wakeups;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Keeps an integration's health: what an answer says about more than the one delivery that got it. */
export class IntegrationHealth extends IntegrationLifecycle {
  constructor(private readonly parts: HealthParts) {
    super();
  }

  async mended(integrationId: string): Promise<void> {
    await this.parts.intake.run((scope) => this.heal(scope, integrationId));
    await this.letGo(integrationId);
  }

  /** Marks it healthy, and tells that it recovered. What was parked goes with `letGo`, after the commit. */
  async heal(scope: IntakeScope, integrationId: string): Promise<HealthBefore | undefined> {
    const { store, news, clock, logger } = this.parts;
    const healed = await store.heal(scope.tx, integrationId, clock.now());
    if (healed?.before !== 'failing') return healed;
    logger.info({ event: 'integration.mended', integrationId });
    const integration = await store.load(scope.tx, integrationId);
    if (integration) await news.recovered(scope, integration, healed.since ?? clock.now());
    return healed;
  }

  /** What is parked, and what waits for another try, goes now; not while the integration is paused. */
  async letGo(integrationId: string): Promise<void> {
    const { database, parking, backlog, wakeups, clock } = this.parts;
    const now = clock.now();
    // In a transaction, because that is repeated after a deadlock with the intake.
    await database.transaction((tx) => parking.letGo(tx, integrationId, now));
    // The first of them; where these are more than may run at once, each that ends wakes the next.
    void wakeups.wake(await backlog.dueOf(database, integrationId, now, WOKEN_AT_ONCE));
  }

  async withdrawn(tx: Transaction, integrationId: string): Promise<void> {
    await this.parts.backlog.suppressAll(tx, integrationId, this.parts.clock.now());
  }

  /**
   * Marks it failing, and tells so if it was not; unless it was changed since `version` (its `updatedAt`). Resolves with
   * whether it is failing for this now.
   */
  async fail(scope: IntakeScope, id: string, version: Date, failure: Failure): Promise<boolean> {
    const { store, news, clock, logger } = this.parts;
    const now = clock.now();
    const probeAt = new Date(now.getTime() + probeDelayMs(1));
    const failed = await store.fail(scope.tx, id, version, failure, now, probeAt);
    if (!failed) return false;
    if (failed.before === 'failing') return true;
    const { code, reason } = failure;
    logger.warn({ event: 'integration.failed', integrationId: id, code, reason });
    const integration = await store.load(scope.tx, id);
    if (integration?.status === 'active') await news.failing(scope, integration);
    return true;
  }

  /** Applies an answer to the integration. Resolves with the delivery's next state in the light of it. */
  async absorb({ integration }: Claim, result: CallResult, next: DeliveryState): Promise<DeliveryState> {
    const { outcome } = result;
    if (outcome.kind === 'unauthorized' || (outcome.kind === 'gone' && outcome.what === 'destination')) {
      const { id, updatedAt } = integration;
      const failed = await this.parts.intake.run((scope) => this.fail(scope, id, updatedAt, outcome));
      // Otherwise it was edited while the call ran: what was refused were the old credentials.
      return failed ? next : { ...next, parked: false, dueAt: this.parts.clock.now() };
    }
    if (outcome.kind === 'throttled' && next.dueAt) {
      await this.parts.store.throttle(this.parts.database, integration.id, next.dueAt);
    }
    if (result.recovery && result.recovery.kind !== 'failed') return next;
    if (integration.health === 'failing') {
      if (!isMending(outcome)) return { ...next, parked: true, dueAt: null };
      await this.mended(integration.id);
    }
    await this.count(integration, outcome);
    return next;
  }

  /** Lets one delivery of each failing integration through whose time has come. */
  async probe(): Promise<void> {
    const { database, store, wakeups, clock } = this.parts;
    const now = clock.now();
    for (const { id, probe_failures: failures } of await store.probesDue(database, now)) {
      const next = new Date(now.getTime() + probeDelayMs(failures + 2));
      await wakeups.wake(await store.probe(database, id, now, next));
    }
  }

  /** Lets go what was parked in the very moment its integration was mended. */
  async unparkMended(): Promise<void> {
    await this.parts.parking.letGoOfMended(this.parts.database, this.parts.clock.now());
  }

  /** Failures in a row make it degraded; the first call that is delivered ends that. */
  private async count({ id, ...known }: Claim['integration'], outcome: Outcome): Promise<void> {
    const { database, store, clock, logger } = this.parts;
    if (isFailure(outcome)) {
      const { code, reason } = outcome;
      if (await store.falter(database, id, { code, reason }, FAILURES_OF_DEGRADED, clock.now()))
        logger.warn({ event: 'integration.degraded', integrationId: id, code, reason });
    } else if (outcome.kind === 'delivered' && (known.failuresInRow > 0 || known.health === 'degraded')) {
      if (await store.thrive(database, id, clock.now()))
        logger.info({ event: 'integration.mended', integrationId: id });
    }
  }
}

/** The sink took the credential and the destination, whatever it thought of the message. */
const isMending = ({ kind }: Outcome): boolean =>
  kind === 'delivered' || kind === 'partial' || kind === 'rejected' || kind === 'gone';

/** The call did not do what it should have done. Asked to be slower, or taken without a verdict yet, it did not fail. */
const isFailure = (outcome: Outcome): outcome is Outcome & Failure =>
  outcome.kind === 'transient' ||
  outcome.kind === 'rejected' ||
  (outcome.kind === 'ambiguous' && outcome.receipt === undefined);
