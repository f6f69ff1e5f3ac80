import { conflict, notFound, type Clock } from '../../domain/index.js';
import type { Audit, Tenant } from '../../identity/index.js';
import type {
  IntegrationEntity,
  IntegrationStore,
  ParkingStore,
  Transaction,
} from '../../persistence/index.js';
import type { Intake } from '../intake.js';
import type { IntegrationHealth } from '../integration-health.js';

export interface PausingParts {
  readonly intake: Intake;
  readonly integrations: IntegrationStore;
  readonly parking: ParkingStore;
  readonly health: IntegrationHealth;
  readonly audit: Audit;
  readonly clock: Clock;
}

/** Lets people stop an integration for a while, losing nothing, and let it go on. */
export class Pausing {
  constructor(private readonly parts: PausingParts) {}

  /** From the commit on no call is begun, and what is owed is parked. One that is paused stays as it was paused first. */
  async pause(tenant: Tenant, id: string, who: string, reason: string | null): Promise<void> {
    const { intake, parking, clock } = this.parts;
    await intake.run(async ({ tx }) => {
      const integration = await this.lock(tx, tenant, id);
      const now = clock.now();
      if (!(await parking.pause(tx, id, who, reason, now))) return;
      await parking.park(tx, id, now);
      await this.record(tx, integration, 'paused', reason === null ? '' : `: ${reason}`);
    });
  }

  /** Also has one tried again that is failing or degraded: its backlog goes at once, and its sink shows whether it may. */
  async resume(tenant: Tenant, id: string): Promise<void> {
    const { intake, parking, health } = this.parts;
    await intake.run(async (scope) => {
      const integration = await this.lock(scope.tx, tenant, id);
      const wasPaused = await parking.resume(scope.tx, id);
      const isTriedAgain = await health.turns.tryAgain(scope.tx, id);
      if (wasPaused || isTriedAgain) await this.record(scope.tx, integration, 'resumed', '');
    });
    await health.letGo(id);
  }

  private async lock(tx: Transaction, { projectId }: Tenant, id: string): Promise<IntegrationEntity> {
    const found = await this.parts.integrations.lock(tx, projectId, id);
    if (!found) throw notFound('integration');
    if (found.status === 'deleted') throw conflict('The integration is deleted.');
    return found;
  }

  private record(
    tx: Transaction,
    { id, organizationId, projectId, description }: IntegrationEntity,
    done: 'paused' | 'resumed',
    said: string,
  ): Promise<void> {
    return this.parts.audit.record(tx, {
      service: 'hub',
      action: `integration.${done}`,
      organizationId,
      projectId,
      resource: { integrations: id },
      message: `Integration "${description}" was ${done}${said}`,
    });
  }
}
