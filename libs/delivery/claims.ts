import { randomUUID } from 'node:crypto';
import type { Clock } from '../domain/index.js';
import type { ClaimRow, ClaimStore, Database, DeliveryStore } from '../persistence/index.js';
import type { Claim } from './claim.js';
import type { Decisions } from './claim-decision.js';
import type { CallStep, Decision } from './decide.js';
import { progressOf } from './delivery-rows.js';
import type { Action, DeliveryState } from './delivery-state.js';
import type { IntegrationGate } from './integration-gate.js';
import type { Pacing } from './pacing.js';
import type { DeliveryRules } from './rules.js';
import type { Storms } from './storms/storms.js';
import { subjectOf, type Subject } from './subject.js';

export interface ClaimParts {
  readonly database: Database;
  readonly rows: ClaimStore;
  readonly deliveries: DeliveryStore;
  readonly decisions: Decisions;
  readonly storms: Storms;
  readonly pacing: Pacing;
  readonly gate: IntegrationGate;
  readonly clock: Clock;
  readonly rules: DeliveryRules;
}

/** Somebody else wrote the row after it was read. */
const RACED = Symbol('raced');
/** Looks at a row that changes all the time; then it is left due, and found by the sweeper. */
const LOOKS_AT_MOST = 5;

const ACTIONS = {
  post: 'open',
  repost: 'open',
  update: 'update',
  close: 'close',
  recover: 'recover',
  confirm: 'confirm',
  verify: 'verify',
} as const;

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
    const { database, rows, decisions, storms, clock } = this.parts;
    const now = clock.now();
    const row = await rows.read(database, deliveryId, now);
    if (!row) return undefined;
    const isStorm = row.delivery.subjectType === 'storm';
    const subject = isStorm ? await storms.subjectOf(row, now) : subjectOf(row);
    const decision = await decisions.of(row, subject, now);
    if ('call' in decision) return this.enter(row, subject, decision, now);
    const isWritten =
      'absorb' in decision
        ? await storms.takeIn(row, decision.absorb, now)
        : await this.rest(row, decision.rest, now);
    return isWritten ? undefined : RACED;
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
    if (delivery.subjectType === 'storm') {
      return (await storms.settling(delivery, state, now, (tx) => deliveries.rest(tx, rest))) === true;
    }
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
    const { gate, pacing } = this.parts;
    if (!integration || !gate.enter(integration.id, row.delivery.id)) return undefined;
    let claim: Claim | undefined;
    try {
      const place = await pacing.placeFor(call, row, integration, now);
      if (!place) return RACED;
      const paced = { ...row, version: place.version };
      if (place.at > now) {
        const waiting = { ...state, parked: false, dueAt: place.at };
        if (!(await this.rest(paced, waiting, now, place.at))) return RACED;
        pacing.wakeAt(row.delivery, place.at, now);
        return undefined;
      }
      claim = await this.begin(paced, { delivery: row.delivery, integration, subject, state }, call, now);
      return claim ?? RACED;
    } finally {
      // Without a claim nobody else leaves the gate.
      if (!claim) gate.leave(integration.id, row.delivery.id);
    }
  }

  private async begin(
    { delivery, version }: ClaimRow,
    claim: Pick<Claim, 'delivery' | 'integration' | 'subject' | 'state'>,
    step: CallStep,
    now: Date,
  ): Promise<Claim | undefined> {
    const { database, deliveries, storms, rules } = this.parts;
    const action: Action = ACTIONS[step.do];
    const state = {
      ...claim.state,
      stormId: null,
      call: { action, shows: claim.subject.now, startedAt: now },
    };
    const leaseToken = randomUUID();
    const leaseUntil = new Date(now.getTime() + rules.callTimeoutMs + rules.leaseMarginMs);
    const { call, mirror, stormId } = state;
    const begin = { id: delivery.id, version, call, mirror, stormId, leaseToken, leaseUntil };
    // What gets a message of its own is not the summary's any more.
    const isBegun =
      delivery.stormId === null
        ? await deliveries.begin(database, begin)
        : await storms.leaving(delivery, now, (tx) => deliveries.begin(tx, begin));
    if (!isBegun) return undefined;
    const possibleDuplicate = 'possibleDuplicate' in step && step.possibleDuplicate;
    return { ...claim, state, leaseToken, possibleDuplicate };
  }
}
