import type { Clock } from '../domain/index.js';
import type { Logger } from '../observability/index.js';
import type { BacklogStore, Database } from '../persistence/index.js';
import type { IntegrationGate } from './integration-gate.js';
import type { DeliveryDue, Wakeups } from './wakeups.js';
import type { DeliveryWorker, Worked } from './worker.js';

/** A job goes on with what else its integration owes for so long, in milliseconds; then others have their turn. */
const TURN_MS = 1_000;
/** There is no place: others are at work, and will go on with it. */
const FULL = Symbol('full');
/** Due deliveries that are looked for at a time. */
const FOUND_AT_ONCE = 64;

export interface TurnParts {
  readonly worker: DeliveryWorker;
  readonly gate: IntegrationGate;
  readonly database: Database;
  readonly backlog: BacklogStore;
  readonly wakeups: Wakeups;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * What a wake-up leads to: the delivery it is for, then those that were turned away at their integration's gate
 * meanwhile. A long backlog so goes at the speed of its sink, without a wake-up for each.
 */
export class Turns {
  constructor(private readonly parts: TurnParts) {}

  async run(due: DeliveryDue): Promise<void> {
    const { integrationId, deliveryId, first } = due;
    const worked = await (first ? this.parts.worker.run(deliveryId) : this.work(integrationId, deliveryId));
    // Also where nothing was called: of what is held back or parked there may be much, and it takes next to no time.
    if (worked !== FULL) await this.goOn(due);
  }

  private async goOn({ integrationId, sink }: DeliveryDue): Promise<void> {
    const { gate, wakeups, logger } = this.parts;
    const end = performance.now() + TURN_MS;
    for (;;) {
      const next = gate.next(integrationId) ?? (await this.find(integrationId));
      if (next === undefined) return;
      if (performance.now() >= end) return wakeups.wake([{ id: next, sink, integrationId }]);
      try {
        const worked = await this.work(integrationId, next);
        // Where it is full again there are others who go on.
        if (worked === FULL) return;
      } catch (error) {
        logger.warn({ event: 'delivery.run.failed', deliveryId: next, error: String(error) });
      }
    }
  }

  /** Its place is taken before anything is read, for most of a long backlog would be read only to be turned away. */
  private async work(integrationId: string, deliveryId: string): Promise<Worked | typeof FULL> {
    const { gate, worker } = this.parts;
    if (gate.has(integrationId, deliveryId)) return worker.run(deliveryId);
    if (!gate.enter(integrationId, deliveryId)) return FULL;
    try {
      return await worker.run(deliveryId);
    } finally {
      gate.leave(integrationId, deliveryId);
    }
  }

  private async find(integrationId: string): Promise<string | undefined> {
    const { gate, backlog, database, clock } = this.parts;
    if (!gate.isBehind(integrationId)) return undefined;
    const due = await backlog.dueOf(database, integrationId, clock.now(), FOUND_AT_ONCE);
    const ids = due.map(({ id }) => id);
    gate.found(integrationId, ids, ids.length < FOUND_AT_ONCE);
    return gate.next(integrationId);
  }
}
