import { randomUUID } from 'node:crypto';
import type { Clock } from '../domain/index.js';
import type {
  Database,
  DeliveryEntity,
  DeliveryStore,
  IntegrationEntity,
  IntegrationHealthStore,
  SubjectStore,
  Transaction,
} from '../persistence/index.js';
import { progressOf, stateOf } from './delivery-rows.js';
import type { Action, DeliveryState } from './delivery-state.js';
import type { IntegrationGate } from './integration-gate.js';
import { decide, type CallStep, type IntegrationView } from './decide.js';
import { traitsOf } from '../sinks/index.js';
import type { DeliveryRules } from './rules.js';
import { settleCrashed } from './settle-call.js';
import { loadSubject, type Subject } from './subject.js';

/** A call that was begun and now has to be made, by nobody but the holder of this claim. */
export interface Claim {
  readonly delivery: DeliveryEntity;
  readonly integration: IntegrationEntity;
  readonly subject: Subject;
  /** With `call` set: what was written down before the call. */
  readonly state: DeliveryState;
  readonly possibleDuplicate: boolean;
  readonly leaseToken: string;
}

const ACTIONS = {
  post: 'open',
  repost: 'open',
  update: 'update',
  close: 'close',
  recover: 'recover',
  confirm: 'confirm',
  verify: 'verify',
} as const;

/** Decides what a due delivery needs, and takes it for one call. Everything in one transaction on the locked row. */
export class Claims {
  constructor(
    private readonly database: Database,
    private readonly deliveries: DeliveryStore,
    private readonly integrations: IntegrationHealthStore,
    private readonly subjects: SubjectStore,
    private readonly gate: IntegrationGate,
    private readonly clock: Clock,
    private readonly rules: DeliveryRules,
  ) {}

  /** Undefined when there is nothing to call now; then the row says when there will be. */
  async take(deliveryId: string): Promise<Claim | undefined> {
    let entered: string | undefined;
    const enter = (integrationId: string): boolean => {
      // The transaction may be run a second time.
      if (entered === undefined && this.gate.enter(integrationId)) entered = integrationId;
      return entered !== undefined;
    };
    let claim: Claim | undefined;
    try {
      claim = await this.decide(deliveryId, enter);
    } finally {
      // Without a claim nobody else leaves the gate.
      if (entered !== undefined && !claim) this.gate.leave(entered);
    }
    return claim;
  }

  private decide(deliveryId: string, enter: (integrationId: string) => boolean): Promise<Claim | undefined> {
    return this.database.transaction(async (tx) => {
      const now = this.clock.now();
      const delivery = await this.deliveries.lock(tx, deliveryId, now);
      if (!delivery?.dueAt || delivery.dueAt > now) return undefined;
      const integration = await this.integrations.load(tx, delivery.integrationId);
      const subject = await loadSubject(tx, this.subjects, delivery);
      const state = settleCrashed(stateOf(delivery));
      const { keyed, showsClosed } = traitsOf(delivery.sink);
      const rules = { updateIntervalMs: this.rules.updateIntervalMs, keyed, showsClosed };
      const decision = decide(state, subject.now, viewOf(integration, delivery), now, rules);
      if ('absorb' in decision) throw new Error('There are no storms yet');
      if ('rest' in decision) return this.rest(tx, deliveryId, decision.rest, now);
      if (!integration || !enter(integration.id)) return undefined;
      return this.begin(tx, { delivery, integration, subject, state: decision.state }, decision.call, now);
    });
  }

  private async rest(tx: Transaction, id: string, state: DeliveryState, now: Date): Promise<undefined> {
    await this.deliveries.rest(tx, id, progressOf(state), now);
    return undefined;
  }

  private async begin(
    tx: Transaction,
    claim: Pick<Claim, 'delivery' | 'integration' | 'subject' | 'state'>,
    step: CallStep,
    now: Date,
  ): Promise<Claim> {
    const action: Action = ACTIONS[step.do];
    const state = { ...claim.state, call: { action, shows: claim.subject.now, startedAt: now } };
    const leaseToken = randomUUID();
    const leaseUntil = new Date(now.getTime() + this.rules.callTimeoutMs + this.rules.leaseMarginMs);
    await this.deliveries.begin(tx, claim.delivery.id, state.call, state.mirror, leaseToken, leaseUntil);
    return {
      ...claim,
      state,
      leaseToken,
      possibleDuplicate: 'possibleDuplicate' in step && step.possibleDuplicate,
    };
  }
}

function viewOf(integration: IntegrationEntity | undefined, delivery: DeliveryEntity): IntegrationView {
  // Its source is looked at, too: an event may be accepted in the very moment it is turned to another.
  const concerned = integration?.source === `${delivery.subjectType}s`;
  return {
    active: integration?.status === 'active' && concerned,
    blocked:
      integration?.pausedAt != null ||
      (integration?.health === 'failing' && integration.probeDeliveryId !== delivery.id),
    throttledUntil: integration?.throttledUntil ?? null,
    hold: null,
    storm: false,
  };
}
