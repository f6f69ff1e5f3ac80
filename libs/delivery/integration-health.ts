import type { Clock, Failure, Outcome } from '../domain/index.js';
import type { Logger } from '../observability/index.js';
import {
  DRILL_FAILED,
  type BacklogStore,
  type Database,
  type DrillStore,
  type IntegrationEntity,
  type IntegrationHealthStore,
  type ParkingStore,
  type ProbeStore,
  type StreamCursorStore,
  type Transaction,
} from '../persistence/index.js';
import { probeDelayMs } from './backoff.js';
import type { Claim } from './claim.js';
import type { DeliveryState } from './delivery-state.js';
import type { HealthTurns } from './health/health-turns.js';
import type { Intake } from './intake.js';
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
  readonly probes: ProbeStore;
  readonly drills: DrillStore;
  readonly backlog: BacklogStore;
  readonly parking: ParkingStore;
  readonly cursors: StreamCursorStore;
  readonly turns: HealthTurns;
  readonly intake: Intake;
  readonly wakeups: Wakeups;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Keeps an integration's health: what an answer says about more than the one delivery that got it. */
export class IntegrationHealth extends IntegrationLifecycle {
  readonly turns: HealthTurns;

  constructor(private readonly parts: HealthParts) {
    super();
    this.turns = parts.turns;
  }

  async changed(integrationId: string): Promise<void> {
    await this.parts.database.transaction((tx) => this.turns.tryAgain(tx, integrationId));
    await this.letGo(integrationId);
  }

  async mended(integrationId: string): Promise<void> {
    await this.parts.intake.run((scope) => this.turns.heal(scope, integrationId));
    await this.letGo(integrationId);
  }

  /** What is parked, and what waits for another try, goes now; not while the integration is paused. */
  async letGo(integrationId: string): Promise<void> {
    const { database, parking, cursors, backlog, wakeups, clock } = this.parts;
    const now = clock.now();
    // In a transaction, because that is repeated after a deadlock with the intake.
    await database.transaction(async (tx) => {
      await parking.letGo(tx, integrationId, now);
      await cursors.letGo(tx, integrationId, now);
    });
    // The first of them; where these are more than may run at once, each that ends wakes the next. Streams are swept.
    void wakeups.wake(await backlog.dueOf(database, integrationId, now, WOKEN_AT_ONCE));
  }

  async withdrawn(tx: Transaction, integrationId: string): Promise<void> {
    await this.parts.backlog.suppressAll(tx, integrationId, this.parts.clock.now());
    await this.rescoped(tx, integrationId);
  }

  rescoped(tx: Transaction, integrationId: string): Promise<void> {
    return this.parts.cursors.endUnconcerned(tx, integrationId);
  }

  /** Applies an answer to the integration. Resolves with the delivery's next state in the light of it. */
  async absorb(claim: Claim, result: CallResult, next: DeliveryState): Promise<DeliveryState> {
    const { integration } = claim;
    const { outcome } = result;
    if (outcome.kind === 'unauthorized' || (outcome.kind === 'gone' && outcome.what === 'destination')) {
      const { id, updatedAt } = integration;
      const failed = await this.parts.intake.run((scope) => this.turns.fail(scope, id, updatedAt, outcome));
      // Otherwise it was edited while the call ran: what was refused were the old credentials.
      return failed ? next : { ...next, parked: false, dueAt: this.parts.clock.now() };
    }
    if (outcome.kind === 'throttled' && next.dueAt) {
      await this.parts.store.throttle(this.parts.database, integration.id, next.dueAt);
    }
    if (result.recovery && result.recovery.kind !== 'failed') return next;
    const isFailing = integration.health === 'failing';
    if (isFailing || integration.failedCode !== null) {
      // A drill that tries whether the integration works again says so itself, when it has passed.
      if (await this.isDrilled(integration)) return next;
      // The sink took the probe: its verdict says whether it works again, and is asked for by the same delivery.
      if (isFailing && outcome.kind === 'ambiguous' && outcome.receipt) return next;
      if (isFailing && !isMending(outcome)) return { ...next, parked: true, dueAt: null };
      await this.tried(claim, outcome);
    }
    await this.count(integration, outcome);
    return next;
  }

  /** Something is there that was not before: it works. What else mends lets the backlog go, and tells nothing yet. */
  private async tried({ integration, state }: Claim, outcome: Outcome): Promise<void> {
    if (outcome.kind === 'delivered' && state.call?.action !== 'verify') await this.mended(integration.id);
    else if (integration.health === 'failing') await this.changed(integration.id);
  }

  private async isDrilled({ id, healthCode, failedCode }: IntegrationEntity): Promise<boolean> {
    if (healthCode !== DRILL_FAILED && failedCode !== DRILL_FAILED) return false;
    return this.parts.drills.isRunning(this.parts.database, id);
  }

  /** Lets one delivery of each failing integration through whose time has come. */
  async probe(): Promise<void> {
    const { database, probes, wakeups, clock } = this.parts;
    const now = clock.now();
    for (const { id, probe_failures: failures } of await probes.probesDue(database, now)) {
      const next = new Date(now.getTime() + probeDelayMs(failures + 2));
      await wakeups.wake(await probes.probe(database, id, now, next));
    }
  }

  /** Lets go what was parked in the very moment its integration was mended. */
  async unparkMended(): Promise<void> {
    await this.parts.parking.letGoOfMended(this.parts.database, this.parts.clock.now());
  }

  /** Counts a call: failures in a row make it degraded; the first one that is delivered ends that. */
  async count({ id, ...known }: IntegrationEntity, outcome: Outcome): Promise<void> {
    const { database, store, clock, logger } = this.parts;
    if (isFailure(outcome)) {
      const { code, reason } = outcome;
      const note = { code, reason, isDown: outcome.kind !== 'rejected' };
      if (await store.falter(database, id, note, FAILURES_OF_DEGRADED, clock.now()))
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
