import type { Clock } from '../../domain/index.js';
import type { Logger } from '../../observability/index.js';
import { HoldEndStore, type Database, type HoldEntity } from '../../persistence/index.js';
import type { Intake, IntakeScope } from '../intake.js';
import { endText, NAMED_ISSUES } from './hold-end-text.js';
import { windowTimes } from './hold-of.js';
import { lastEndBefore, occurrenceAt } from './window-times.js';

/** A claim that was decided just before the end has written by then that it held something back. */
const GRACE_MS = 2_000;
/** Longer than this chore's beat: what was changed is looked at again once after the change, too. */
const CHANGED_MS = 10_000;

/** What has ended of a hold: itself, or an occurrence of a window. */
interface End {
  readonly at: Date;
  readonly from: Date;
  readonly isFinal: boolean;
}

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

  constructor(private readonly parts: HoldEndsParts) {}

  async run(): Promise<void> {
    const { database, clock, logger } = this.parts;
    const changedSince = new Date(clock.now().getTime() - CHANGED_MS);
    await database.transaction((tx) => this.store.lookAgainAtChanged(tx, changedSince, clock.now()));
    const before = new Date(clock.now().getTime() - GRACE_MS);
    for (const hold of await this.store.mayHaveEnded(database, before)) {
      if (!endOf(hold, before)) continue;
      // One that cannot be summed up does not keep others from it.
      await this.finish(hold.id, before).catch((error: unknown) =>
        logger.warn({ event: 'hold.end.failed', holdId: hold.id, error: String(error) }),
      );
    }
  }

  private finish(id: string, before: Date): Promise<void> {
    return this.parts.intake.run(async (scope) => {
      const hold = await this.store.lock(scope.tx, id);
      // It may have been changed, or summed up by another dispatcher, since it was listed.
      const end = hold && endOf(hold, before);
      if (!end) return;
      const held = await this.store.takeHeld(scope.tx, id, end.isFinal ? this.parts.clock.now() : end.at);
      if (held.length > 0) await this.tell(scope, hold, end, held);
      const finishedAt = end.isFinal ? end.at : null;
      await this.store.summed(scope.tx, id, { end: end.at, heldBack: held.length, finishedAt });
    });
  }

  private async tell(scope: IntakeScope, hold: HoldEntity, end: End, held: readonly string[]): Promise<void> {
    const sum = await this.store.sum(scope.tx, held);
    const { type, reason, author, projectId } = hold;
    const { from, at: until } = end;
    this.parts.logger.info({ event: 'hold.ended', holdId: hold.id, heldBack: held.length, open: sum.open });
    if (sum.open === 0) return;
    const open = await this.store.openIssues(scope.tx, held, NAMED_ISSUES);
    const text = endText({ type, reason, author, from, until }, sum, open);
    await scope.acceptNotification({ ...text, projectId, clusterId: sum.clusterId });
  }
}

/** What of it has ended `before` then and is not summed up; undefined when nothing has. */
function endOf(hold: HoldEntity, before: Date): End | undefined {
  const { fromAt, untilAt, summedUntil } = hold;
  const isFinal = untilAt !== null && untilAt <= before;
  const times = windowTimes(hold);
  if (!times) return isFinal ? { at: untilAt, from: fromAt, isFinal } : undefined;
  const at = lastEndBefore(times, before);
  const isNew = at !== null && (summedUntil === null || at > summedUntil);
  if (isNew) {
    const from = occurrenceAt(times, new Date(at.getTime() - 1))?.from ?? fromAt;
    return { at, from, isFinal };
  }
  return isFinal ? { at: untilAt, from: fromAt, isFinal } : undefined;
}
