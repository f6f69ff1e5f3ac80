import { notFound, type Clock } from '../../domain/index.js';
import type {
  AttemptEntity,
  Backlog,
  Database,
  DrillEntity,
  HealthReadStore,
  IntegrationEntity,
  IntegrationStore,
} from '../../persistence/index.js';
import { STREAM_KINDS } from '../../sinks/index.js';

interface HealthFacts {
  readonly backlog: Backlog;
  readonly lastError: AttemptEntity | undefined;
  readonly lastSuccess: Date | null;
  readonly drill: DrillEntity | undefined;
}

/** How an integration does at its sink, for people. */
export type HealthView = ReturnType<typeof healthView>;

/** Reads how integrations do, at any moment. */
export class HealthViews {
  constructor(
    private readonly database: Database,
    private readonly integrations: IntegrationStore,
    private readonly facts: HealthReadStore,
    private readonly clock: Clock,
  ) {}

  /** Also of an integration that was deleted. Throws a 404 `Problem` when the project has none of that id. */
  async of(projectId: string, integrationId: string): Promise<HealthView> {
    const { database, facts } = this;
    const integration = await this.integrations.find(database, projectId, integrationId);
    if (!integration) throw notFound('integration');
    const hasStreams = STREAM_KINDS.includes(integration.sink);
    const [backlog, lastError, lastSuccess, drill] = await Promise.all([
      hasStreams ? facts.streamBacklog(database, integrationId) : facts.backlog(database, integrationId),
      facts.lastError(database, integrationId),
      hasStreams
        ? facts.lastStreamSuccess(database, integrationId)
        : facts.lastSuccess(database, integrationId),
      facts.lastDrill(database, integrationId),
    ]);
    return healthView(integration, { backlog, lastError, lastSuccess, drill }, this.clock.now());
  }
}

function healthView(integration: IntegrationEntity, facts: HealthFacts, now: Date) {
  const { status, throttledUntil, pausedAt, pausedBy, health, probeAt } = integration;
  const isProbed = health === 'failing' && status === 'active' && !pausedAt && facts.backlog.parked > 0;
  return {
    ...conditionOf(integration),
    lastError: facts.lastError ? errorView(facts.lastError) : null,
    lastSuccess: facts.lastSuccess?.toISOString() ?? null,
    backlog: backlogView(facts.backlog, now),
    throttledUntil: throttledUntil && throttledUntil > now ? throttledUntil.toISOString() : null,
    ...(pausedAt ? { pausedBy } : {}),
    // It is tried with what is parked, so with nothing parked nothing is tried.
    probeAt: isProbed ? (probeAt?.toISOString() ?? null) : null,
    drill: facts.drill ? drillSummary(facts.drill) : null,
  };
}

/** State, since when, and why: that it is deleted comes first, then somebody's pause, then what the sink said. */
function conditionOf(integration: IntegrationEntity) {
  const { health, healthCode, healthReason, healthSince, pausedAt, pausedBy, pausedReason } = integration;
  if (integration.status === 'deleted') {
    const reason = 'It is deleted: nothing goes through it any more.';
    return { health: 'deleted', since: integration.updatedAt.toISOString(), code: 'deleted', reason };
  }
  if (pausedAt) {
    const said = pausedReason === null ? '' : ` (${pausedReason})`;
    const reason = `${pausedBy ?? 'Somebody'} paused it${said}: what comes for it waits until it is resumed.`;
    return { health: 'paused', since: pausedAt.toISOString(), code: 'paused', reason };
  }
  const since = (healthSince ?? integration.createdAt).toISOString();
  return { health, since, code: healthCode, reason: healthReason };
}

const errorView = ({ startedAt, code, reason, httpStatus }: AttemptEntity) => ({
  at: startedAt.toISOString(),
  code,
  reason,
  httpStatus,
});

const backlogView = ({ units, deliveries, parked, oldestAt }: Backlog, now: Date) => ({
  units,
  deliveries,
  parked,
  oldestAt: oldestAt?.toISOString() ?? null,
  ageSeconds: oldestAt ? Math.max(0, Math.round((now.getTime() - oldestAt.getTime()) / 1_000)) : null,
});

const drillSummary = ({ id, status, startedAt }: DrillEntity) => ({
  id,
  status,
  startedAt: startedAt.toISOString(),
});
