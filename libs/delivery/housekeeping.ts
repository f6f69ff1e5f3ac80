import type { Clock } from '../domain/index.js';
import type { Logger } from '../observability/index.js';
import type { Database, HistoryStore } from '../persistence/index.js';

/** Closed issues, notifications and attempts are kept so long, in milliseconds. */
const KEPT_MS = 30 * 24 * 3_600_000;
const BATCH = 1_000;
const BATCHES_AT_MOST = 50;

/** How many rows of each kind were forgotten. */
export type Forgotten = Record<'issues' | 'notifications' | 'storms' | 'attempts', number>;

/** Forgets what is over, batch by batch, so that the database does not grow for ever. */
export class Housekeeping {
  constructor(
    private readonly database: Database,
    private readonly history: HistoryStore,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  async run(): Promise<Forgotten> {
    const before = new Date(this.clock.now().getTime() - KEPT_MS);
    const forgotten = {
      issues: await inBatches((limit) => this.history.forgetIssues(this.database, before, limit)),
      notifications: await inBatches((limit) =>
        this.history.forgetNotifications(this.database, before, limit),
      ),
      storms: await inBatches((limit) => this.history.forgetStorms(this.database, before, limit)),
      attempts: await inBatches((limit) => this.history.forgetAttempts(this.database, before, limit)),
    };
    if (Object.values(forgotten).some((rows) => rows > 0)) {
      this.logger.info({ event: 'history.forgotten', ...forgotten });
    }
    return forgotten;
  }
}

async function inBatches(forget: (limit: number) => Promise<number>): Promise<number> {
  let total = 0;
  for (let batch = 0; batch < BATCHES_AT_MOST; batch += 1) {
    const rows = await forget(BATCH);
    total += rows;
    if (rows < BATCH) break;
  }
  return total;
}
