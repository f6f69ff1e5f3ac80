import type { Clock } from '../../domain/index.js';
import type { Logger, Metrics } from '../../observability/index.js';
import type {
  Database,
  ExpiredEntries,
  RejectedEntryStore,
  StreamCursorStore,
  StreamPart,
  StreamPartStore,
} from '../../persistence/index.js';
import type { Intake, IntakeScope } from '../intake.js';
import { oneByOne } from '../one-by-one.js';
import type { StreamParts } from './stream-parts.js';

/** What was refused is kept so long, in milliseconds. */
const REJECTED_KEPT_MS = 30 * 24 * 3_600_000;

export interface StreamRetentionParts {
  readonly database: Database;
  readonly store: StreamPartStore;
  readonly parts: StreamParts;
  readonly cursors: StreamCursorStore;
  readonly rejected: RejectedEntryStore;
  readonly intake: Intake;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Entries are kept so long, in milliseconds; those of one part go together. */
  readonly keptMs: number;
}

/**
 * Forgets entries part by part when they are old enough, and makes the parts that come next. What an integration had not
 * settled of them is counted as expired, and told once until it has caught up. A chore.
 */
export class StreamRetention {
  constructor(private readonly self: StreamRetentionParts) {}

  async run(): Promise<void> {
    const { database, store, parts, rejected, clock, logger, keptMs } = this.self;
    const now = clock.now();
    await parts.prepare(now);
    const old = (await store.list(database)).filter(({ toMs }) => toMs <= now.getTime() - keptMs);
    const name = ({ fromMs, toMs }: StreamPart) => ({ fromMs, toMs });
    await oneByOne(old, (part) => this.drop(part), { logger, event: 'stream.part.not.dropped', name });
    await rejected.forget(database, new Date(now.getTime() - REJECTED_KEPT_MS));
  }

  /** In one transaction with the notification: it is told once, whoever crashes when. */
  private async drop(part: StreamPart): Promise<void> {
    const { intake, store, cursors, clock, logger, metrics } = this.self;
    const expired = await intake.run(async (scope) => {
      const found = await store.drop(scope.tx, part);
      for (const [integrationId, all] of Map.groupBy(found, (one) => one.integrationId)) {
        if (!all.some(({ wasTold }) => wasTold)) await this.tell(scope, integrationId, all);
        const told = all.map(({ cursorId }) => cursorId);
        await cursors.markTold(scope.tx, told, clock.now());
      }
      return found;
    });
    logger.info({ event: 'stream.part.dropped', ...part });
    for (const { integrationId, cluster, count } of expired) {
      metrics.streamEntriesExpired.inc({ integration: integrationId }, count);
      logger.warn({ event: 'stream.entries.expired', integrationId, cluster, count });
    }
  }

  private async tell(
    scope: IntakeScope,
    integrationId: string,
    expired: readonly ExpiredEntries[],
  ): Promise<void> {
    const [{ projectId, source, cluster, isRegistered, description }] = expired as [ExpiredEntries];
    const count = expired.reduce((sum, one) => sum + one.count, 0);
    const what = source === 'logs' ? 'log lines' : 'metric samples';
    await scope.acceptNotification({
      projectId,
      clusterId: isRegistered ? cluster : null,
      isNotice: true,
      severity: 'critical',
      title: `${source === 'logs' ? 'Log lines' : 'Metric samples'} expired`,
      message:
        `${count} ${what} were forgotten before the integration "${description}" (${integrationId}) could deliver them: they ` +
        `were older than SPILLWAY_RETENTION. See why it is behind at its health; this is not told again until it has caught up.`,
    });
  }
}
