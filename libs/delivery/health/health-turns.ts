import type { Clock, Failure } from '../../domain/index.js';
import type { Logger } from '../../observability/index.js';
import type { IntegrationHealthStore, Transaction } from '../../persistence/index.js';
import { probeDelayMs } from '../backoff.js';
import type { IntakeScope } from '../intake.js';
import type { HealthNews } from './health-news.js';

/** Turns integrations failing, has them tried again, and turns them healthy; tells the project what is news in it. */
export class HealthTurns {
  constructor(
    private readonly store: IntegrationHealthStore,
    private readonly news: HealthNews,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /**
   * Marks it failing, and tells so if it was not; unless it was changed since `version` (its `updatedAt`). Resolves with
   * whether it is failing for this now. One that was tried again and fails as before never was anything else.
   */
  async fail(scope: IntakeScope, id: string, version: Date, failure: Failure): Promise<boolean> {
    const now = this.clock.now();
    const probeAt = new Date(now.getTime() + probeDelayMs(1));
    const before = await this.store.fail(scope.tx, id, version, failure, now, probeAt);
    if (!before) return false;
    if (before === 'failing') return true;
    const { code, reason } = failure;
    this.logger.warn({ event: 'integration.failed', integrationId: id, code, reason });
    const integration = await this.store.load(scope.tx, id);
    if (integration?.status === 'active') await this.news.failing(scope, integration);
    return true;
  }

  /** It was edited or resumed: it is tried again, which tells nothing. Resolves with whether anything had been wrong. */
  async tryAgain(tx: Transaction, id: string): Promise<boolean> {
    return (await this.store.tryAgain(tx, id, this.clock.now())) !== undefined;
  }

  /** It works: marks it healthy, and tells that it recovered if it was failing. */
  async heal(scope: IntakeScope, id: string): Promise<void> {
    const before = await this.store.heal(scope.tx, id, this.clock.now());
    if (before !== 'failing') return;
    this.logger.info({ event: 'integration.mended', integrationId: id });
    const integration = await this.store.load(scope.tx, id);
    if (integration) await this.news.recovered(scope, integration);
  }
}
