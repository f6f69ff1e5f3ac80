import type { Clock } from '../../domain/index.js';
import type { HealthNewsStore, HealthReadStore, IntegrationEntity } from '../../persistence/index.js';
import { SINKS } from '../../sinks/index.js';
import type { IntakeScope } from '../intake.js';

export const FAILING_TITLE = 'Integration failing';
const RECOVERED_TITLE = 'Integration recovered';
/** Of one integration that comes and goes no more than one failure, with its recovery, is told within this. */
export const QUIET_MS = 10 * 60_000;
/** A failure that was kept quiet is told later, if it lasts; one that is older than this is no news. */
export const NEWS_MS = 60 * 60_000;

/**
 * Tells the project when an integration turns failing and when it recovers, through its other integrations only, in the
 * transaction of that turn. It recovers when a call shows that it works, not when somebody edits or resumes it. What comes and goes does not flood: within ten minutes one failure is told; a recovery is
 * told when its failure was; a failure that was kept quiet and lasts is told by `HealthNewsLater`.
 */
export class HealthNews {
  constructor(
    private readonly store: HealthNewsStore,
    private readonly facts: HealthReadStore,
    private readonly clock: Clock,
  ) {}

  /** Of an integration that is failing now; its row is locked. Does nothing when it was told, or just was for another time. */
  async failing(scope: IntakeScope, integration: IntegrationEntity): Promise<void> {
    const { id, projectId, healthReason, healthSince } = integration;
    const quietSince = new Date(this.clock.now().getTime() - QUIET_MS);
    const since = healthSince && healthSince < quietSince ? healthSince : quietSince;
    if (await this.store.wasTold(scope.tx, projectId, id, FAILING_TITLE, since)) return;
    const { units } = await this.facts.backlog(scope.tx, id);
    const waiting =
      units === 0 ? 'What comes for it waits until it is mended.' : `${inWords(units)} until it is mended.`;
    await scope.acceptNotification({
      projectId,
      clusterId: null,
      severity: 'critical',
      title: FAILING_TITLE,
      message: `${nameOf(integration)} is failing. ${sentence(healthReason)} ${waiting}`,
      exceptFor: id,
      isNotice: true,
    });
  }

  /** Of an integration that was failing and works again. Does nothing when its failure was not told. */
  async recovered(scope: IntakeScope, integration: IntegrationEntity): Promise<void> {
    const { id, projectId } = integration;
    const titles = { failing: FAILING_TITLE, recovered: RECOVERED_TITLE };
    if (!(await this.store.awaitsRecovery(scope.tx, projectId, id, titles))) return;
    const { units } = await this.facts.backlog(scope.tx, id);
    const isPaused = integration.pausedAt !== null;
    const now = isPaused ? 'It is paused still.' : units === 0 ? 'Nothing waits.' : `${released(units)}.`;
    await scope.acceptNotification({
      projectId,
      clusterId: null,
      severity: 'info',
      title: RECOVERED_TITLE,
      message: `${nameOf(integration)} works again. ${now}`,
      exceptFor: id,
      isNotice: true,
    });
  }
}

const nameOf = ({ description, sink }: IntegrationEntity): string => {
  const label = SINKS.find(({ kind }) => kind === sink)?.label ?? sink;
  return description === '' ? `A ${label} integration` : `The integration "${description}" (${label})`;
};

const sentence = (reason: string | null): string => {
  const text = reason ?? 'Nobody knows why.';
  return /[.!?]$/.test(text) ? text : `${text}.`;
};

const inWords = (units: number): string =>
  units === 1 ? 'One thing that it owes waits' : `${units} things that it owes wait`;
const released = (units: number): string =>
  units === 1 ? 'One thing that waited goes now' : `${units} things that waited go now`;
