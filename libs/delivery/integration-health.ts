import type { Clock, Failure, Outcome } from '../domain/index.js';
import type { Logger } from '../observability/index.js';
import type { BacklogStore, Database, IntegrationHealthStore, Transaction } from '../persistence/index.js';
import { probeDelayMs } from './backoff.js';
import type { Claim } from './claim.js';
import type { DeliveryState } from './delivery-state.js';
import { IntegrationLifecycle } from './integration-lifecycle.js';
import type { CallResult } from './sink-caller.js';
import type { Wakeups } from './wakeups.js';

/** Deliveries of a mended integration that are woken at once, and not only by the next sweep. */
const WOKEN_AT_ONCE = 16;

/** Keeps an integration's health: what an answer says about more than the one delivery that got it. */
export class IntegrationHealth extends IntegrationLifecycle {
  constructor(
    private readonly database: Database,
    private readonly store: IntegrationHealthStore,
    private readonly backlog: BacklogStore,
    private readonly wakeups: Wakeups,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {
    super();
  }

  async mended(integrationId: string): Promise<void> {
    const now = this.clock.now();
    if (await this.store.heal(this.database, integrationId, now)) {
      this.logger.info({ event: 'integration.mended', integrationId });
    }
    // In a transaction, because that is repeated after a deadlock with the intake.
    await this.database.transaction((tx) => this.backlog.unpark(tx, integrationId, now));
    // The first of them; where these are more than may run at once, each that ends wakes the next.
    void this.wakeups.wake(await this.backlog.dueOf(this.database, integrationId, now, WOKEN_AT_ONCE));
  }

  async withdrawn(tx: Transaction, integrationId: string): Promise<void> {
    await this.backlog.suppressAll(tx, integrationId, this.clock.now());
  }

  /** Applies an answer to the integration. Resolves with the delivery's next state in the light of it. */
  async absorb({ integration }: Claim, result: CallResult, next: DeliveryState): Promise<DeliveryState> {
    const { outcome } = result;
    if (outcome.kind === 'unauthorized' || (outcome.kind === 'gone' && outcome.what === 'destination')) {
      return this.fail(integration.id, integration.updatedAt, outcome, next);
    }
    if (outcome.kind === 'throttled' && next.dueAt) {
      await this.store.throttle(this.database, integration.id, next.dueAt);
    }
    if (integration.health !== 'failing') return next;
    if (result.recovery && result.recovery.kind !== 'failed') return next;
    if (!isMending(outcome)) return { ...next, parked: true, dueAt: null };
    await this.mended(integration.id);
    return next;
  }

  /** Lets one delivery of each failing integration through whose time has come. */
  async probe(): Promise<void> {
    const now = this.clock.now();
    for (const { id, probe_failures: failures } of await this.store.probesDue(this.database, now)) {
      const next = new Date(now.getTime() + probeDelayMs(failures + 2));
      await this.wakeups.wake(await this.store.probe(this.database, id, now, next));
    }
  }

  /** Lets go what was parked in the very moment its integration was mended. */
  async unparkMended(): Promise<void> {
    await this.store.unparkMended(this.database, this.clock.now());
  }

  private async fail(
    id: string,
    version: Date,
    failure: Failure,
    next: DeliveryState,
  ): Promise<DeliveryState> {
    const now = this.clock.now();
    const probeAt = new Date(now.getTime() + probeDelayMs(1));
    const failed = await this.store.fail(this.database, id, version, failure, now, probeAt);
    if (failed) {
      this.logger.warn({
        event: 'integration.failed',
        integrationId: id,
        code: failure.code,
        reason: failure.reason,
      });
      return next;
    }
    // It was edited while the call ran: what was refused were the old credentials.
    return { ...next, parked: false, dueAt: now };
  }
}

/** The sink took the credential and the destination, whatever it thought of the message. */
const isMending = ({ kind }: Outcome): boolean =>
  kind === 'delivered' || kind === 'partial' || kind === 'rejected' || kind === 'gone';
