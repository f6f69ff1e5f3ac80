import { randomBytes } from 'node:crypto';
import type { Clock } from '../domain/index.js';
import type { Logger, Metrics } from '../observability/index.js';
import type { BacklogStore, Database } from '../persistence/index.js';
import type { IntegrationHealth } from './integration-health.js';
import type { Wakeups } from './wakeups.js';

const SWEEP_EVERY_MS = 500;
/** What the intake has just committed is woken by itself; only what is due for longer needs the sweeper. */
const GRACE_MS = 300;
/** The share of one integration is more than its gate lets through: each that ends then wakes the next. */
const SHARE = { perIntegration: 16, inAll: 1_000 };

/**
 * Finds what is due and has no wake-up: waits that are over, retries, what a crash or a lost queue left behind.
 * Runs in every dispatcher; several at once do no harm, because a delivery has one owner at a time.
 */
export class Sweeper {
  /** New with every start, so that jobs of a process that died hold back none of ours. */
  private readonly name = `${randomBytes(4).toString('hex')}.`;
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(
    private readonly database: Database,
    private readonly backlog: BacklogStore,
    private readonly health: IntegrationHealth,
    private readonly wakeups: Wakeups,
    private readonly sinks: readonly string[],
    private readonly clock: Clock,
    private readonly logger: Logger,
    private readonly metrics: Metrics,
  ) {}

  start(): void {
    this.next();
  }

  /** Resolves when the sweep that runs has ended. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  /** One sweep. Resolves with how many deliveries it woke. */
  async sweep(): Promise<number> {
    const now = this.clock.now();
    const before = new Date(now.getTime() - GRACE_MS);
    const due = await this.backlog.due(this.database, this.sinks, before, now, SHARE);
    this.metrics.deliveriesDue.set(due[0]?.dueInAll ?? 0);
    // Waited for: a queue that is slower than our beat must not get ever more of the same.
    await this.wakeups.wake(due, this.name);
    await this.health.probe();
    return due.length;
  }

  private next(): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      this.running = this.sweep()
        .then(() => undefined)
        .catch((error: unknown) => this.logger.warn({ event: 'delivery.sweep.failed', error: String(error) }))
        .finally(() => this.next());
    }, SWEEP_EVERY_MS);
  }
}
