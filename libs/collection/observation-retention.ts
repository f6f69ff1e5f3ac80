import type { Clock } from '../domain/index.js';
import type { Logger } from '../observability/index.js';
import type { Database, ObservationStore } from '../persistence/index.js';

const FORGET_EVERY_MS = 60_000;
const BATCH = 2_000;
/** What 10,000 clusters leave in a minute is a third of that; the next run goes on. */
const BATCHES_AT_MOST = 100;

/** Forgets kept rounds when they are too old. Runs in every collector; several at once pass over each other's rows. */
export class ObservationRetention {
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #isStopping = false;

  constructor(
    private readonly database: Database,
    private readonly store: Pick<ObservationStore, 'forget'>,
    private readonly keptMs: number,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /** Every minute from now on. What fails is logged, and done a minute later. */
  start(): void {
    this.#timer = setInterval(() => {
      this.#running ??= this.attempt().finally(() => {
        this.#running = undefined;
      });
    }, FORGET_EVERY_MS).unref();
  }

  /** Resolves when nothing is being forgotten any more: after the batch that runs. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    clearInterval(this.#timer);
    await this.#running;
  }

  /** Resolves with how many rounds were forgotten. */
  async run(): Promise<number> {
    const before = new Date(this.clock.now().getTime() - this.keptMs);
    let total = 0;
    for (let batch = 0; batch < BATCHES_AT_MOST && !this.#isStopping; batch += 1) {
      const rows = await this.store.forget(this.database, before, BATCH);
      total += rows;
      if (rows < BATCH) break;
    }
    if (total > 0) this.logger.debug({ event: 'observations.forgotten', rounds: total });
    return total;
  }

  private async attempt(): Promise<void> {
    try {
      await this.run();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.logger.warn({ event: 'observations.forget.failed', error: reason });
    }
  }
}
