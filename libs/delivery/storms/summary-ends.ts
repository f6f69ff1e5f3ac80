import type { DeliveryEntity, StormMemberStore, StormStore, Transaction } from '../../persistence/index.js';
import type { DeliveryState } from '../delivery-state.js';
import { MAX_AGE_MS } from '../settle-call.js';

/** What is told of a summary as it was before. */
type Before = Pick<DeliveryEntity, 'id' | 'integrationId' | 'settledSeq'>;

/** What becomes of a summary concerns its storm and its members. */
export class SummaryEnds {
  constructor(
    private readonly storms: StormStore,
    private readonly members: StormMemberStore,
  ) {}

  /**
   * `wasGivenUp`: if it was rejected, then because its posts got no answers; that is one message's bad luck and says nothing
   * of its members, so they have another summary.
   */
  async concern(
    tx: Transaction,
    before: Before,
    next: DeliveryState,
    wasGivenUp: boolean,
    now: Date,
  ): Promise<void> {
    const { id, integrationId } = before;
    if (isOver(before, next)) await this.storms.end(tx, id, integrationId);
    if (next.parked) await this.members.park(tx, id);
    if (next.settledSeq <= before.settledSeq || !next.lastEnd) return;
    if (!isFailed(before, next)) return this.members.settle(tx, id, next.settledSeq, next.lastEnd, now);
    const end = next.lastEnd === 'expired' ? 'expired' : 'rejected';
    const owedBefore = end === 'expired' ? new Date(now.getTime() - MAX_AGE_MS) : null;
    const again = end === 'rejected' && wasGivenUp;
    await this.members.giveUp(tx, id, { seq: next.settledSeq, end, owedBefore, again }, now);
  }
}

/** It was not shown and will not be. One that stands is kept true, whatever became of one change of it. */
export const isFailed = (
  before: Pick<Before, 'settledSeq'>,
  { settledSeq, lastEnd, mirror }: DeliveryState,
): boolean =>
  settledSeq > before.settledSeq && (lastEnd === 'rejected' || lastEnd === 'expired') && mirror.ref === null;

/** Its storm takes in nothing any more. */
export const isOver = (before: Pick<Before, 'settledSeq'>, next: DeliveryState): boolean =>
  next.mirror.shown?.status === 'closed' || isFailed(before, next);
