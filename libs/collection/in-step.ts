import type { Logger } from '../observability/index.js';

/** What another process changed, or a `FLUSHALL` took away, is made good within this time. */
const EVERY_MS = 30_000;

/** `renewAll`: also what is there already is set again. */
export interface Reconciliation {
  readonly renewAll: boolean;
}

/**
 * Keeps something in step with the database: at start, and every 30 seconds, never twice at a time. What fails is logged
 * as `event`, and done by the next time.
 */
export class InStep {
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #isStopping = false;

  constructor(
    private readonly reconcile: (how: Reconciliation) => Promise<void>,
    private readonly logger: Logger,
    private readonly event: string,
  ) {}

  /** Long work looks at it, and ends. */
  get isStopping(): boolean {
    return this.#isStopping;
  }

  /** Sets everything, because settings may have changed since the last start. Does not wait for that. */
  start(): void {
    this.tick({ renewAll: true });
    this.#timer = setInterval(() => this.tick({ renewAll: false }), EVERY_MS).unref();
  }

  /** Resolves when nothing is being done any more. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    clearInterval(this.#timer);
    await this.#running;
  }

  /** Never throws. */
  async attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.logger.warn({ event: this.event, error: reason });
    }
  }

  private tick(how: Reconciliation): void {
    this.#running ??= this.attempt(() => this.reconcile(how)).finally(() => {
      this.#running = undefined;
    });
  }
}
