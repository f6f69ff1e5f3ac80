import { Problem, type Clock } from '../../domain/index.js';
import type { Logger } from '../../observability/index.js';
import type { Database, DrillSchedule, DrillStore } from '../../persistence/index.js';
import { startsAround } from '../holds/cron-times.js';
import { oneByOne } from '../one-by-one.js';
import type { Drills } from './drills.js';

/** What `settings.drill` of an integration holds, when it is valid. */
interface Schedule {
  readonly cron: string;
  readonly timeZone: string;
}

/**
 * Starts the drills whose time has come. A chore: of several dispatchers one wins, as a drill that runs keeps the next
 * from starting. What was missed (nobody ran, or the integration failed) is made up for once.
 */
export class DrillSchedules {
  constructor(
    private readonly database: Database,
    private readonly store: DrillStore,
    private readonly drills: Drills,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  async run(): Promise<void> {
    const now = this.clock.now();
    const due = (await this.store.schedules(this.database)).filter((scheduled) => this.isDue(scheduled, now));
    const name = ({ integrationId }: DrillSchedule) => ({ integrationId });
    await oneByOne(due, (scheduled) => this.start(scheduled), {
      logger: this.logger,
      event: 'drill.not.started',
      name,
    });
  }

  private isDue({ integrationId, schedule, after }: DrillSchedule, now: Date): boolean {
    try {
      const { cron, timeZone } = schedule as Schedule;
      const { last } = startsAround(cron, timeZone, now);
      return last !== null && last > after;
    } catch (error) {
      this.logger.warn({ event: 'drill.schedule.refused', integrationId, error: String(error) });
      return false;
    }
  }

  private async start({ projectId, integrationId }: DrillSchedule): Promise<void> {
    try {
      await this.drills.start(projectId, integrationId, null);
    } catch (error) {
      // Somebody else was quicker, or it was paused or deleted in this moment.
      if (!(error instanceof Problem)) throw error;
      this.logger.info({ event: 'drill.put.off', integrationId, reason: error.detail });
    }
  }
}
