import type { Metrics } from '../../observability/index.js';
import type { Database, HealthReadStore } from '../../persistence/index.js';

const STATES = ['healthy', 'degraded', 'failing', 'paused'] as const;

/** Keeps the gauges of integrations true. A chore. */
export class HealthGauges {
  constructor(
    private readonly database: Database,
    private readonly facts: HealthReadStore,
    private readonly metrics: Metrics,
  ) {}

  async run(): Promise<void> {
    const counts = await this.facts.counts(this.database);
    for (const state of STATES) {
      this.metrics.integrations.set(
        { health: state },
        counts.filter(({ health }) => health === state).length,
      );
    }
    // Those that were deleted meanwhile are not shown any more.
    this.metrics.integrationBacklog.reset();
    for (const { id, units } of counts) this.metrics.integrationBacklog.set({ integration: id }, units);
  }
}
