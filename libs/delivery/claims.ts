import type { Clock } from '../domain/index.js';
import type { ClaimRow, ClaimStore, Database, DeliveryStore } from '../persistence/index.js';
import { beginCall } from './begin-call.js';
import type { Claim } from './claim.js';
import type { Decisions } from './claim-decision.js';
import type { CallStep, Decision } from './decide.js';
import { progressOf } from './delivery-rows.js';
import type { DeliveryState } from './delivery-state.js';
import type { Pacing } from './pacing.js';
import type { DeliveryRules } from './rules.js';
import type { Storms } from './storms/storms.js';
import type { Summaries } from './storms/summaries.js';
import { subjectOf, type Subject } from './subject.js';

export interface ClaimParts {
  readonly database: Database;
  readonly rows: ClaimStore;
  readonly deliveries: DeliveryStore;
  readonly decisions: Decisions;
  readonly storms: Storms;
  readonly summaries: Summaries;
  readonly pacing: Pacing;
  readonly clock: Clock;
  readonly rules: DeliveryRules;
}

/** Somebody else wrote the row after it was read. */
const RACED = Symbol('raced');
/** Looks at a row that changes all the time; then it is left due, and found by the sweeper. */
const LOOKS_AT_MOST = 5;

/**
 * Decides what a due delivery needs, and takes it for one call: read everything in one statement, decide, write in one
 * statement if the row is still as it was read. Nothing is locked meanwhile.
 */
export class Claims {
  constructor(private readonly parts: ClaimParts) {}

  /** Undefined when there is nothing to call now; then the row says when there will be. */
  async take(deliveryId: string): Promise<Claim | undefined> {
    for (let looks = 0; looks < LOOKS_AT_MOST; looks += 1) {
      const claim = await this.look(deliveryId);
      if (claim !== RACED) return claim;
    }
    return undefined;
  }

  private async look(deliveryId: string): Promise<Claim | undefined | typeof RACED> {
    const { database, rows, decisions, summaries, clock } = this.parts;
    const now = clock.now();
    const row = await rows.read(database, deliveryId, now);
    if (!row) return undefined;
    if (row.delivery.subjectType === 'storm') return summaries.take(row.delivery);
    const subject = subjectOf(row);
    const decision = await decisions.of(row, subject, now);
    if ('call' in decision) return this.enter(row, subject, decision, now);
    if ('absorb' in decision) return this.absorb(row, decision.absorb, now);
    return (await this.rest(row, decision.rest, now)) ? undefined : RACED;
  }

  /** Who takes something in sees to a summary that waits: as long as many are taken in, its wake-up may not come through. */
  private async absorb(
    row: ClaimRow,
    state: DeliveryState,
    now: Date,
  ): Promise<Claim | undefined | typeof RACED> {
    const { storms, summaries } = this.parts;
    const told = await storms.takeIn(row, state, now);
    if (!told) return RACED;
    if (!told.isOverdue) return undefined;
    const summary = { ...row.delivery, id: told.stormId };
    return summaries.take(summary).catch(async () => {
      await storms.wake(summary);
      return undefined;
    });
  }

  private async rest(
    row: ClaimRow,
    state: DeliveryState,
    now: Date,
    slotAt: Date | null = null,
  ): Promise<boolean> {
    const { database, deliveries, storms } = this.parts;
    const { delivery, version } = row;
    const rest = { id: delivery.id, version, progress: progressOf(state), now, slotAt };
    const isSummedUp = delivery.stormId !== null && state.settledSeq > delivery.settledSeq;
    return isSummedUp
      ? storms.leaving(delivery, now, (tx) => deliveries.rest(tx, rest))
      : deliveries.rest(database, rest);
  }

  /** The call of a claim has ended, however. */
  ended({ state, integration }: Claim, now: Date): Promise<void> {
    return this.parts.pacing.ended(state.call, integration, now);
  }

  private async enter(
    row: ClaimRow,
    subject: Subject,
    { call, state }: Extract<Decision, { call: CallStep }>,
    now: Date,
  ): Promise<Claim | undefined | typeof RACED> {
    const { integration } = row;
    const { pacing } = this.parts;
    if (!integration) return undefined;
    const place = await pacing.placeFor(call, row, integration, now);
    if (!place) return RACED;
    const paced = { ...row, version: place.version };
    if (!place.isNow) {
      // A probe stays parked while it waits: it must not be too late in the end.
      if (!(await this.rest(paced, { ...state, dueAt: place.at }, now, place.slotAt))) return RACED;
      pacing.wakeAt(row.delivery, place.at, this.parts.clock.now());
      return undefined;
    }
    const claim = { delivery: row.delivery, integration, subject, state };
    return (await this.begin(paced, claim, call, now)) ?? RACED;
  }

  private async begin(
    { delivery, version }: ClaimRow,
    looked: Pick<Claim, 'delivery' | 'integration' | 'subject' | 'state'>,
    step: CallStep,
    now: Date,
  ): Promise<Claim | undefined> {
    const { database, deliveries, storms, rules } = this.parts;
    const { claim, begin } = beginCall(looked, step, rules, now);
    const versioned = { ...begin, version };
    // What gets a message of its own is not the summary's any more.
    const isBegun =
      delivery.stormId === null
        ? await deliveries.begin(database, versioned)
        : await storms.leaving(delivery, now, (tx) => deliveries.begin(tx, versioned));
    return isBegun ? claim : undefined;
  }
}
