import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../observability/index.js';
import { isDatabaseAway, isDeadlock } from '../persistence/index.js';

const PAUSE_MS = 250;
const PATIENCE_MS = 60_000;

/**
 * Repeats `record` while the database is away or lets others go first: what a sink answered is known only here, and a
 * restart would have to guess. Gives up after a minute with the last error; at once on any other, which no repetition
 * mends.
 */
export async function persistently<Result>(logger: Logger, record: () => Promise<Result>): Promise<Result> {
  const giveUpAt = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await record();
    } catch (error) {
      const passes = isDatabaseAway(error) || isDeadlock(error);
      if (!passes || performance.now() >= giveUpAt) throw error;
      logger.warn({
        event: 'delivery.record.failed',
        error: error instanceof Error ? error.message : String(error),
      });
      await delay(PAUSE_MS);
    }
  }
}
