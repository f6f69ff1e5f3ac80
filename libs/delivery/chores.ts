import type { Logger } from '../observability/index.js';

/** Something a dispatcher does every now and then. Several dispatchers may do it at once: it must bear that. */
export interface Chore {
  /** Names it in the log: `holds.end`. */
  readonly name: string;
  readonly everyMs: number;
  run(): Promise<unknown>;
}

/** Runs each chore on its own beat, never twice at a time. One that fails is logged and comes again. */
export class Chores {
  private readonly timers = new Map<Chore, NodeJS.Timeout>();
  private readonly running = new Map<Chore, Promise<void>>();
  private stopped = false;

  constructor(
    private readonly chores: readonly Chore[],
    private readonly logger: Logger,
  ) {}

  start(): void {
    for (const chore of this.chores) this.next(chore);
  }

  /** Resolves when those that run have ended. */
  async stop(): Promise<void> {
    this.stopped = true;
    for (const timer of this.timers.values()) clearTimeout(timer);
    await Promise.all(this.running.values());
  }

  private next(chore: Chore): void {
    if (this.stopped) return;
    this.timers.set(
      chore,
      setTimeout(() => this.running.set(chore, this.run(chore)), chore.everyMs),
    );
  }

  private async run(chore: Chore): Promise<void> {
    try {
      await chore.run();
    } catch (error) {
      this.logger.warn({ event: 'delivery.chore.failed', chore: chore.name, error: String(error) });
    } finally {
      this.next(chore);
    }
  }
}
