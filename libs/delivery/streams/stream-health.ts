import type { Failure, Outcome } from '../../domain/index.js';
import type { Logger } from '../../observability/index.js';
import type {
  Database,
  IntegrationEntity,
  IntegrationHealthStore,
  ProbeStore,
} from '../../persistence/index.js';
import type { Clock } from '../../domain/index.js';
import { probeDelayMs } from '../backoff.js';
import type { Intake } from '../intake.js';
import { FAILURES_OF_DEGRADED, type IntegrationHealth } from '../integration-health.js';

export interface StreamHealthParts {
  readonly database: Database;
  readonly store: IntegrationHealthStore;
  readonly probes: ProbeStore;
  readonly health: IntegrationHealth;
  readonly intake: Intake;
  readonly clock: Clock;
  readonly logger: Logger;
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
    const { database, store, clock } = this.parts;
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
        await this.falter(integration, outcome);
        return false;
    }
  }

  /** False when it was edited while the call ran: what was refused were the old credentials. */
  private fail({ id, updatedAt }: IntegrationEntity, failure: Failure): Promise<boolean> {
    return this.parts.intake.run((scope) => this.parts.health.turns.fail(scope, id, updatedAt, failure));
  }

  private async works({ id, health, failedCode, failuresInRow }: IntegrationEntity): Promise<void> {
    const { database, store, clock, logger } = this.parts;
    if (health === 'failing' || failedCode !== null) return this.parts.health.mended(id);
    if (failuresInRow === 0 && health !== 'degraded') return;
    if (await store.thrive(database, id, clock.now()))
      logger.info({ event: 'integration.mended', integrationId: id });
  }

  private async falter(
    { id, health }: IntegrationEntity,
    outcome: Extract<Outcome, { kind: 'transient' | 'ambiguous' | 'rejected' }>,
  ): Promise<void> {
    if (health === 'failing') return;
    const { database, store, clock, logger } = this.parts;
    const { code, reason } = outcome;
    const note = { code, reason, isDown: outcome.kind !== 'rejected' };
    if (await store.falter(database, id, note, FAILURES_OF_DEGRADED, clock.now()))
      logger.warn({ event: 'integration.degraded', integrationId: id, code, reason });
  }
}
