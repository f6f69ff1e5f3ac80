import type { Clock } from '../../domain/index.js';
import type { Database, HealthNewsStore, IntegrationHealthStore } from '../../persistence/index.js';
import type { Intake } from '../intake.js';
import { FAILING_TITLE, NEWS_MS, QUIET_MS, type HealthNews } from './health-news.js';

/** Tells of a failure that was kept quiet because one had just been told, and that lasts. A chore. */
export class HealthNewsLater {
  constructor(
    private readonly database: Database,
    private readonly store: HealthNewsStore,
    private readonly integrations: IntegrationHealthStore,
    private readonly news: HealthNews,
    private readonly intake: Intake,
    private readonly clock: Clock,
  ) {}

  async run(): Promise<void> {
    const now = this.clock.now().getTime();
    const [since, quietSince] = [new Date(now - NEWS_MS), new Date(now - QUIET_MS)];
    for (const id of await this.store.untold(this.database, FAILING_TITLE, since, quietSince)) {
      await this.intake.run(async (scope) => {
        const integration = await this.integrations.lock(scope.tx, id);
        if (integration?.health === 'failing' && integration.status === 'active')
          await this.news.failing(scope, integration);
      });
    }
  }
}
