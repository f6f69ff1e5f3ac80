import type {
  ClaimRow,
  ClaimStore,
  Database,
  DeliveryEntity,
  DeliveryStore,
  Ended,
  StormCardStore,
  StormStore,
  Transaction,
} from '../../persistence/index.js';
import type { Clock } from '../../domain/index.js';
import { beginCall } from '../begin-call.js';
import type { Claim } from '../claim.js';
import type { Decisions } from '../claim-decision.js';
import type { CallStep } from '../decide.js';
import { progressOf } from '../delivery-rows.js';
import type { DeliveryState } from '../delivery-state.js';
import type { Pacing } from '../pacing.js';
import type { DeliveryRules } from '../rules.js';
import type { Subject } from '../subject.js';
import { ITEMS_AT_MOST, stormCard, stormSubject } from './storm-subject.js';
import { isFailed, isOver, type SummaryEnds } from './summary-ends.js';

/** When a place is asked for again, if the line is too long to give any. */
const ASK_AGAIN_MS = 1_000;

export interface SummaryParts {
  readonly database: Database;
  readonly rows: ClaimStore;
  readonly cards: StormCardStore;
  readonly store: StormStore;
  readonly ends: SummaryEnds;
  readonly deliveries: DeliveryStore;
  readonly decisions: Decisions;
  readonly pacing: Pacing;
  readonly clock: Clock;
  readonly rules: DeliveryRules;
  readonly publicUrl: string | undefined;
}

/** The delivery of a summary, of whose integration it is. */
export type SummaryKey = Pick<DeliveryEntity, 'id' | 'integrationId'>;

/** Until when a summary waits for its place in the sink's pace. */
interface Waiting {
  readonly delivery: DeliveryEntity;
  readonly placeAt: Date;
}

/**
 * Takes the summaries of storms for their calls, and stores what became of them and what this means for their members.
 * A summary is told of something many times a second as long as the flood lasts, so it is looked at under its row's lock:
 * those who would tell it wait for as long. It passes its integration's gate, where its members wait.
 */
export class Summaries {
  constructor(private readonly parts: SummaryParts) {}

  /** Undefined when there is nothing to call now; then its row says when there will be. */
  async take(key: SummaryKey): Promise<Claim | undefined> {
    const { database, pacing, clock } = this.parts;
    const looked = await database.transaction((tx) => this.look(tx, key));
    if (!looked || !('placeAt' in looked)) return looked;
    pacing.wakeAt(looked.delivery, looked.placeAt, clock.now());
    return undefined;
  }

  /** Stores how a call ended, and its attempt in any case. Undefined when the lease was lost: the rest is somebody else's. */
  record(claim: Claim, next: DeliveryState, ended: Ended): Promise<{ dueAt: Date | null } | undefined> {
    const { database, store, ends, deliveries } = this.parts;
    const { delivery } = claim;
    return database.transaction(async (tx) => {
      if (isOver(delivery, next)) await store.lock(tx, delivery.integrationId);
      const recorded = await deliveries.record(tx, ended);
      if (!recorded) return undefined;
      await ends.concern(tx, delivery, next, false, ended.now);
      return isFailed(delivery, next) ? { dueAt: null } : recorded;
    });
  }

  private async look(
    tx: Transaction,
    { id, integrationId }: SummaryKey,
  ): Promise<Claim | Waiting | undefined> {
    const { store, rows, cards, decisions, clock, publicUrl } = this.parts;
    await store.lock(tx, integrationId);
    await store.lockSummary(tx, id);
    const now = clock.now();
    const row = await rows.read(tx, id, now);
    if (!row) return undefined;
    const { delivery, integration } = row;
    const storm = await cards.read(tx, id, integration?.projectId ?? '', ITEMS_AT_MOST);
    const subject = stormSubject(stormCard(storm, integration, publicUrl, now), delivery.acceptedSeq);
    const decision = await decisions.of(row, subject, now);
    if ('call' in decision) return this.enter(tx, row, subject, decision.state, decision.call, now);
    if ('absorb' in decision) throw new Error('A summary is not taken in by another');
    await this.rest(tx, row, decision.rest, now);
    return undefined;
  }

  private async enter(
    tx: Transaction,
    row: ClaimRow,
    subject: Subject,
    state: DeliveryState,
    step: CallStep,
    now: Date,
  ): Promise<Claim | Waiting | undefined> {
    const { pacing, deliveries, rules } = this.parts;
    const { delivery, integration, version } = row;
    if (!integration) return undefined;
    const place = await pacing.placeFor(step, row, integration, now, tx);
    const placeAt = place?.at ?? new Date(now.getTime() + ASK_AGAIN_MS);
    if (!place?.isNow) {
      await this.rest(tx, row, { ...state, dueAt: placeAt }, now);
      return { delivery, placeAt };
    }
    const { claim, begin } = beginCall({ delivery, integration, subject, state }, step, rules, now);
    await deliveries.begin(tx, { ...begin, version });
    return claim;
  }

  private async rest(
    tx: Transaction,
    { delivery, version }: ClaimRow,
    next: DeliveryState,
    now: Date,
  ): Promise<void> {
    const rest = { id: delivery.id, version, progress: progressOf(next), now };
    await this.parts.deliveries.rest(tx, rest);
    await this.parts.ends.concern(tx, delivery, next, true, now);
  }
}
