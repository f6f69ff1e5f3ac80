import { setImmediate as othersHadTheirTurn } from 'node:timers/promises';
import type { Clock } from '../../domain/index.js';
import type { Logger } from '../../observability/index.js';
import { HoldEndStore, type Database } from '../../persistence/index.js';
import type { Intake } from '../intake.js';
import { endOf, HoldSums } from './hold-sums.js';

/** A claim that was decided just before the end has written by then that it held something back. */
const GRACE_MS = 2_000;
/** Much longer than this chore's beat: what was changed is looked at again at least once after the change, too. */
const CHANGED_MS = 30_000;
/** Silences and windows that are over are kept so long, in milliseconds. */
const KEPT_MS = 30 * 24 * 3_600_000;
/** What was noted as held back so long after its end was summed up belongs to no end. */
const LATE_MS = 60_000;
const FORGOTTEN_AT_ONCE = 1_000;

export interface HoldEndsParts {
  readonly database: Database;
  readonly intake: Intake;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Sums up what silences and windows held back, once they are over, and tells the project of what is open still. It does not
 * release anything: a claim looks at the clock itself, so that nothing is held longer because a sum is late. Each
 * end is summed up in one transaction with its notification, by one dispatcher.
 */
export class HoldEnds {
  private readonly store = new HoldEndStore();
  private readonly sums: HoldSums;

  constructor(private readonly parts: HoldEndsParts) {
    this.sums = new HoldSums(parts.logger);
  }

  async run(): Promise<void> {
    const { database, clock, logger } = this.parts;
    const changedSince = new Date(clock.now().getTime() - CHANGED_MS);
    await database.transaction((tx) => this.store.lookAgainAtChanged(tx, changedSince, clock.now()));
    const before = new Date(clock.now().getTime() - GRACE_MS);
    for (const hold of await this.store.mayHaveEnded(database, before)) {
      try {
        if (endOf(hold, before)) await this.finish(hold.id, before);
      } catch (error) {
        // One that cannot be summed up does not keep others from it.
        logger.warn({ event: 'hold.end.failed', holdId: hold.id, error: String(error) });
      }
      await othersHadTheirTurn();
    }
  }

  /** Forgets silences and windows that have long been over, and notes that no sum will ever take up. */
  async forget(): Promise<void> {
    const { database, clock } = this.parts;
    const now = clock.now().getTime();
    await this.store.forgetEnded(database, new Date(now - KEPT_MS), FORGOTTEN_AT_ONCE);
    await this.store.forgetLate(database, new Date(now - LATE_MS));
  }

  private finish(id: string, before: Date): Promise<void> {
    return this.parts.intake.run(async (scope) => {
      const hold = await this.store.lock(scope.tx, id);
      // It may have been changed, or summed up by another dispatcher, since it was listed.
      const end = hold && endOf(hold, before);
      if (!end) return;
      const heldBefore = end.isFinal ? this.parts.clock.now() : end.at;
      await this.sums.sumUp(scope, hold, end, heldBefore);
    });
  }
}
