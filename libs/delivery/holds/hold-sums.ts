import type { Logger } from '../../observability/index.js';
import { HeldSumStore, type HeldSum, type HoldEntity } from '../../persistence/index.js';
import type { IntakeScope } from '../intake.js';
import { endText, NAMED } from './hold-end-text.js';
import { occurrenceOf, windowTimes } from './hold-of.js';
import { lastEndBefore, occurrenceAt } from './window-times.js';

/** What has ended of a hold: itself, an occurrence of a window, or one that was cut off by a change. */
export interface HoldEnd {
  readonly at: Date;
  readonly from: Date;
  /** Nothing comes after it. */
  readonly isFinal: boolean;
  readonly isChange?: boolean;
}

/**
 * Sums up what silences and windows held back, and tells the project of what is open still and of the notifications that it
 * did not get. All of it in the transaction of what ended them, on their locked row: each end is summed up once.
 */
export class HoldSums {
  private readonly store = new HeldSumStore();

  constructor(private readonly logger: Logger) {}

  /** What was held back before `heldBefore` belongs to this end. */
  async sumUp(scope: IntakeScope, hold: HoldEntity, end: HoldEnd, heldBefore: Date): Promise<void> {
    const held = await this.store.takeHeld(scope.tx, hold.id, heldBefore);
    if (held.length > 0) await this.tell(scope, hold, end, held);
    const finishedAt = end.isFinal ? end.at : null;
    await this.store.summed(scope.tx, hold.id, { end: end.at, heldBack: held.length, finishedAt });
  }

  /**
   * Before a hold is changed: what has ended of it, and is not summed up, is; and what is on when that is not so any more by the
   * new terms, for its end will not be found by these.
   */
  async beforeChange(scope: IntakeScope, stored: HoldEntity, changed: HoldEntity, now: Date): Promise<void> {
    const missed = endOf(stored, now);
    if (missed) await this.sumUp(scope, stored, missed, missed.at);
    const [running, then] = [occurrenceOf(stored, now), occurrenceOf(changed, now)];
    const goesOn = then && (stored.type === 'silence' || then.from.getTime() === running?.from.getTime());
    if (!running || goesOn) return;
    await this.sumUp(scope, stored, { at: now, from: running.from, isFinal: false, isChange: true }, now);
  }

  private async tell(scope: IntakeScope, hold: HoldEntity, end: HoldEnd, held: string[]): Promise<void> {
    const sum = await this.store.sum(scope.tx, held);
    const { open, notifications } = sum;
    this.logger.info({ event: 'hold.ended', holdId: hold.id, heldBack: held.length, open, notifications });
    if (open === 0 && notifications === 0) return;
    const text = endText(hold, end, sum, await this.named(scope, sum, held));
    // It tells what silences did: none of them may keep it.
    const { projectId } = hold;
    await scope.acceptNotification({ ...text, projectId, clusterId: sum.clusterId, isNotice: true });
  }

  private async named(scope: IntakeScope, { open, notifications }: HeldSum, held: readonly string[]) {
    return {
      issues: open > 0 ? await this.store.openIssues(scope.tx, held, NAMED) : [],
      notifications: notifications > 0 ? await this.store.notifications(scope.tx, held, NAMED) : [],
    };
  }
}

/** What of it has ended `before` then and is not summed up; undefined when nothing has. */
export function endOf(hold: HoldEntity, before: Date): HoldEnd | undefined {
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
