import { conflict, newId, notFound, type Clock } from '../../domain/index.js';
import type { Audit } from '../../identity/index.js';
import {
  DRILL_FAILED,
  DrillEntity,
  type Database,
  type DrillStore,
  type IntegrationEntity,
  type IntegrationStore,
  type ProbeStore,
} from '../../persistence/index.js';
import { DELIVERING_KINDS } from '../../sinks/index.js';
import type { Intake, IntakeScope } from '../intake.js';
import { drillNotification, drillReport, type DrillStep } from './drill-script.js';

export interface DrillsParts {
  readonly database: Database;
  readonly intake: Intake;
  readonly integrations: IntegrationStore;
  readonly store: DrillStore;
  readonly probes: ProbeStore;
  readonly audit: Audit;
  readonly clock: Clock;
}

/** Starts fire drills and lists them; `DrillProgress` brings them on. */
export class Drills {
  constructor(private readonly parts: DrillsParts) {}

  /**
   * Sends the first thing through the real intake, and resolves with the drill's id. `startedBy` is null of a schedule. Of an
   * integration that failed its last drill this one is what tries it. Throws a 404 `Problem` when the project has no such
   * integration, a 409 when it cannot be drilled now.
   */
  start(projectId: string, integrationId: string, startedBy: string | null): Promise<string> {
    const { intake, integrations, store, probes, clock } = this.parts;
    return intake.run(async (scope) => {
      const integration = await integrations.lock(scope.tx, projectId, integrationId);
      if (!integration) throw notFound('integration');
      const obstacle = obstacleOf(integration);
      if (obstacle !== undefined) throw conflict(obstacle);
      if (await store.isRunning(scope.tx, integrationId)) throw conflict('A drill of it is running already.');
      const startedAt = clock.now();
      const id = newId(startedAt);
      const { subjectId, step } = await this.first(scope, integration, id, startedAt);
      const drill = { id, integrationId, projectId, issueId: subjectId, startedBy, startedAt };
      const fresh = { status: 'running', steps: [{ ...step }], reason: null, finishedAt: null } as const;
      await store.insert(scope.tx, Object.assign(new DrillEntity(), drill, fresh));
      const endsAt = new Date(startedAt.getTime() + UTMOST_PATIENCE_MS);
      const delivery = await store.deliveryOf(scope.tx, integrationId, subjectId);
      if (delivery) await probes.probeWith(scope.tx, integrationId, delivery.id, endsAt);
      await this.record(scope, integration);
      return id;
    });
  }

  /** Newest first; one more than `limit`. Throws a 404 `Problem` when the project has no such integration. */
  async list(
    projectId: string,
    integrationId: string,
    page: { readonly limit: number; readonly after?: string | undefined },
  ): Promise<DrillEntity[]> {
    const { database, integrations, store } = this.parts;
    if (!(await integrations.find(database, projectId, integrationId))) throw notFound('integration');
    return store.list(database, integrationId, page);
  }

  async get(projectId: string, integrationId: string, id: string): Promise<DrillEntity> {
    const { database, integrations, store } = this.parts;
    if (!(await integrations.find(database, projectId, integrationId))) throw notFound('integration');
    const drill = await store.find(database, integrationId, id);
    if (!drill) throw notFound('drill');
    return drill;
  }

  private async first(
    scope: IntakeScope,
    integration: IntegrationEntity,
    drillId: string,
    now: Date,
  ): Promise<{ subjectId: string; step: DrillStep }> {
    const begun = { seq: 1, acceptedAt: now.toISOString(), ...UNCONFIRMED };
    if (integration.source === 'notifications') {
      const subjectId = await scope.acceptNotification(drillNotification(integration));
      return { subjectId, step: { step: 'sent', ...begun } };
    }
    const { id, projectId } = integration;
    const { issueId } = await scope.acceptIssue(projectId, drillReport(drillId, id, 'opened', now));
    return { subjectId: issueId, step: { step: 'opened', ...begun } };
  }

  private record({ tx }: IntakeScope, integration: IntegrationEntity): Promise<void> {
    const { id, organizationId, projectId, description } = integration;
    return this.parts.audit.record(tx, {
      service: 'hub',
      action: 'integration.drilled',
      organizationId,
      projectId,
      resource: { integrations: id },
      message: `Integration "${description}" was given a fire drill`,
    });
  }
}

/** Any drill ends within this. */
export const UTMOST_PATIENCE_MS = 10 * 60_000;

/** What a step begins with. */
export const UNCONFIRMED = { confirmedAt: null, latencyMs: null, attempts: 0, httpStatus: null } as const;

/** Why an integration cannot be drilled now, and what to do about it. */
function obstacleOf(integration: IntegrationEntity): string | undefined {
  const { status, sink, source, pausedAt, health, healthCode, healthReason } = integration;
  if (status === 'deleted') return 'The integration is deleted.';
  if (!DELIVERING_KINDS.includes(sink) || (source !== 'issues' && source !== 'notifications'))
    return `An integration of ${source} has no fire drills: they are of issues and notifications.`;
  if (pausedAt) return 'The integration is paused: resume it first.';
  if (health !== 'failing' || healthCode === DRILL_FAILED) return undefined;
  const why = healthReason === null ? '' : ` (${healthReason})`;
  return `The integration is failing${why}: mend it, test it or resume it, then drill it.`;
}
