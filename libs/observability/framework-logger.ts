import type { Logger } from './logger.js';

/** What the framework reports by itself, as lines like all others: no stack of a start that failed for a stated reason. */
export class FrameworkLogger {
  constructor(private readonly logger: Logger) {}

  error(message: unknown): void {
    this.report(message);
  }

  fatal(message: unknown): void {
    this.report(message);
  }

  log(): void {
    // What starts and what is registered is said by whoever does it.
  }

  warn(message: unknown): void {
    this.logger.warn({ event: 'framework.warned', message: firstLine(message) });
  }

  private report(message: unknown): void {
    this.logger.error({ event: 'framework.failed', message: firstLine(message) });
  }
}

const firstLine = (message: unknown): string =>
  (message instanceof Error ? message.message : String(message)).split('\n')[0] ?? '';
