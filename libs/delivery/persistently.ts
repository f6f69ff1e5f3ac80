import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../observability/index.js';

const PAUSE_MS = 250;
const PATIENCE_MS = 60_000;

/**
 * Repeats `record` while the database is away: what a sink answered is known only here, and a restart would have to
 * guess. Gives up after a minute with the last error.
 */
export async function persistently<Result>(logger: Logger, record: () => Promise<Result>): Promise<Result> {
  const giveUpAt = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await record();
    } catch (error) {
      if (performance.now() >= giveUpAt) throw error;
      logger.warn({
        event: 'delivery.record.failed',
        error: error instanceof Error ? error.message : String(error),
      });
      await delay(PAUSE_MS);
    }
  }
}
