import type { Clock } from '../../domain/index.js';
import type { Logger } from '../../observability/index.js';
import type { Database, HealthNewsStore, IntegrationHealthStore } from '../../persistence/index.js';
import type { Intake } from '../intake.js';
import { oneByOne } from '../one-by-one.js';
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
    private readonly logger: Logger,
  ) {}

  async run(): Promise<void> {
    const now = this.clock.now().getTime();
    const [since, quietSince] = [new Date(now - NEWS_MS), new Date(now - QUIET_MS)];
    const untold = await this.store.untold(this.database, FAILING_TITLE, since, quietSince);
    const name = (integrationId: string) => ({ integrationId });
    await oneByOne(untold, (id) => this.tell(id), {
      logger: this.logger,
      event: 'integration.not.told',
      name,
    });
  }

  private tell(id: string): Promise<void> {
    return this.intake.run(async (scope) => {
      const integration = await this.integrations.lock(scope.tx, id);
      if (integration?.health === 'failing' && integration.status === 'active')
        await this.news.failing(scope, integration);
    });
  }
}
