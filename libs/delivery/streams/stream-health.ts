import type { Clock, Failure, Outcome } from '../../domain/index.js';
import type {
  Database,
  IntegrationEntity,
  IntegrationHealthStore,
  ProbeStore,
} from '../../persistence/index.js';
import { probeDelayMs } from '../backoff.js';
import type { Intake } from '../intake.js';
import type { IntegrationHealth } from '../integration-health.js';

const TAKEN: Outcome = { kind: 'delivered', ref: {} };

export interface StreamHealthParts {
  readonly database: Database;
  readonly store: IntegrationHealthStore;
  readonly probes: ProbeStore;
  readonly health: IntegrationHealth;
  readonly intake: Intake;
  readonly clock: Clock;
}

/** What an answer to a stream's call says about its integration. */
export class StreamHealth {
  constructor(private readonly parts: StreamHealthParts) {}

  /** Whether a call may be made: of a failing integration only one, as its probe, when that is due. */
  async mayCall(integration: IntegrationEntity): Promise<boolean> {
    if (integration.health !== 'failing') return true;
    const now = this.parts.clock.now();
    const next = new Date(now.getTime() + probeDelayMs(integration.probeFailures + 2));
    return this.parts.probes.takeProbe(this.parts.database, integration.id, now, next);
  }

  /** Resolves with whether the integration is failing for it. */
  async absorb(integration: IntegrationEntity, outcome: Outcome): Promise<boolean> {
    const { database, store, health, clock } = this.parts;
    switch (outcome.kind) {
      case 'unauthorized':
      case 'gone':
        return this.fail(integration, outcome);
      case 'throttled': {
        const until = new Date(clock.now().getTime() + outcome.waitMs);
        await store.throttle(database, integration.id, until);
        return false;
      }
      case 'delivered':
      case 'partial':
        await this.works(integration);
        return false;
      case 'transient':
      case 'ambiguous':
      case 'rejected':
        await health.count(integration, outcome);
        return false;
    }
  }

  /** False when it was edited while the call ran: what was refused were the old credentials. */
  private fail({ id, updatedAt }: IntegrationEntity, failure: Failure): Promise<boolean> {
    return this.parts.intake.run((scope) => this.parts.health.turns.fail(scope, id, updatedAt, failure));
  }

  private works(integration: IntegrationEntity): Promise<void> {
    const { health } = this.parts;
    const wasFailing = integration.health === 'failing' || integration.failedCode !== null;
    return wasFailing ? health.mended(integration.id) : health.count(integration, TAKEN);
  }
}
