import type { Logger } from '../../observability/index.js';
import { startServer, type ServerCommand, type ServerExit, type ServerProcess } from './server-process.js';

const FIRST_BACKOFF_MS = 100;
const MAX_BACKOFF_MS = 10_000;
/** A server that ran this long was healthy: its next end begins with the first backoff again. */
const HEALTHY_AFTER_MS = 60_000;

/** Keeps one server running on one port until it is stopped. */
export class Supervisor {
  readonly #listeners = new Set<(exit: ServerExit) => void>();
  readonly #stopping = new AbortController();
  readonly #command: ServerCommand;
  readonly #logger: Logger;
  readonly #watching: Promise<void>;
  #server: ServerProcess;

  constructor(command: ServerCommand, logger: Logger, first: ServerProcess) {
    this.#command = command;
    this.#logger = logger;
    this.#server = first;
    this.#watching = this.#watch();
  }

  onExit(listener: (exit: ServerExit) => void): void {
    this.#listeners.add(listener);
  }

  /** Never throws. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    const gone = await this.#server.stop();
    if (gone) await this.#watching;
    else
      this.#logger.error(
        { event: 'postgres.stop_failed', pid: this.#server.pid },
        'PostgreSQL cannot be ended',
      );
  }

  async #watch(): Promise<void> {
    let backoffMs = FIRST_BACKOFF_MS;
    while (!this.#stopping.signal.aborted) {
      const startedAt = performance.now();
      const exit = await this.#server.exited;
      if (this.#stopping.signal.aborted) return;
      this.#logger.error(
        { event: 'postgres.exited', ...exit },
        'the embedded PostgreSQL ended by itself; restarting it',
      );
      for (const listener of this.#listeners) listener(exit);
      if (performance.now() - startedAt > HEALTHY_AFTER_MS) backoffMs = FIRST_BACKOFF_MS;
      backoffMs = await this.#restart(backoffMs);
    }
  }

  /** Tries until it runs, or until we are stopped. Resolves with the backoff to begin with next time. */
  async #restart(firstBackoffMs: number): Promise<number> {
    let backoffMs = firstBackoffMs;
    while (!this.#stopping.signal.aborted) {
      await this.#pause(backoffMs);
      if (this.#stopping.signal.aborted) break;
      backoffMs = Math.min(backoffMs * 2, MAX_BACKOFF_MS);
      try {
        this.#server = await startServer(this.#command);
        this.#logger.info(
          { event: 'postgres.restarted', pid: this.#server.pid },
          'the embedded PostgreSQL runs again',
        );
        break;
      } catch (error) {
        this.#logger.error({
          event: 'postgres.restart_failed',
          reason: (error as Error).message,
          retryInMs: backoffMs,
        });
      }
    }
    // `stop` may have been called while the new server was starting, and then saw only the old one.
    if (this.#stopping.signal.aborted) await this.#server.stop();
    return backoffMs;
  }

  #pause(durationMs: number): Promise<void> {
    const { signal } = this.#stopping;
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, durationMs);
      const wake = (): void => {
        clearTimeout(timer);
        resolve();
      };
      if (signal.aborted) wake();
      else signal.addEventListener('abort', wake, { once: true });
    });
  }
}
