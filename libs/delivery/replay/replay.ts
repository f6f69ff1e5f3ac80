import { badRequest, conflict, notFound } from '../../domain/index.js';
import type { Tenant } from '../../identity/index.js';
import { presentHolds, type IntegrationEntity, type ReplaySelection } from '../../persistence/index.js';
import { STREAM_KINDS } from '../../sinks/index.js';
import { StreamReplay } from '../streams/stream-replay.js';
import type { ReplayScene } from './replay-batch.js';
import type { ReplayParts } from './replay-parts.js';
import type { ReplayAnswer } from './replay-report.js';
import { ReplayRun } from './replay-run.js';
import type { ReplayBody } from './replay.schema.js';

/** Brings sinks to where they show what should be shown now: what was refused, lost, held back or never owed. */
export class Replays {
  constructor(private readonly parts: ReplayParts) {}

  /** Throws a 404 `Problem` for what there is not, a 409 for an integration that was deleted. */
  async run(tenant: Tenant, integrationId: string, body: ReplayBody): Promise<ReplayAnswer> {
    const { database, clock, updateIntervalMs } = this.parts;
    const now = clock.now();
    const integration = await this.integrationOf(tenant, integrationId);
    if (STREAM_KINDS.includes(integration.sink))
      return new StreamReplay(this.parts).run(tenant, integration, body);
    const selection = selectionOf(body);
    if ('deliveryId' in selection) await this.check(integrationId, selection.deliveryId);
    const scene: ReplayScene = {
      integration,
      holds: await presentHolds(database, tenant.projectId, now),
      mode: 'deliveryId' in selection ? 'one' : 'filter' in selection ? 'filter' : 'since',
      updateIntervalMs,
      now,
    };
    const run = new ReplayRun(this.parts, tenant, scene, selection, body.dryRun);
    if (!run.startAt(body.after)) throw badRequest({ after: 'must be the `next` of an earlier answer' });
    return run.go();
  }

  private async integrationOf({ projectId }: Tenant, id: string): Promise<IntegrationEntity> {
    const integration = await this.parts.integrations.find(this.parts.database, projectId, id);
    if (!integration) throw notFound('integration');
    if (integration.status !== 'active')
      throw conflict('The integration was deleted: nothing goes through it.');
    return integration;
  }

  private async check(integrationId: string, deliveryId: string): Promise<void> {
    const { store, database } = this.parts;
    const found = await store.candidates(database, integrationId, { deliveryId }, 1, undefined);
    if (found.length === 0) throw notFound('delivery of an issue or a notification');
  }
}

function selectionOf({ deliveryId, filter, since }: ReplayBody): ReplaySelection {
  if (deliveryId !== undefined) return { deliveryId };
  if (filter) return { filter };
  return { since: since! };
}
