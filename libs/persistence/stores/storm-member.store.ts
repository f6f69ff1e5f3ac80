import type { Transaction } from '../database.js';
import type { UnitEnd } from '../entities/index.js';

/** How a summary came to its end without having been shown. Those of its members that are not meant are owed again. */
interface StormFailure {
  readonly seq: number;
  readonly end: 'rejected' | 'expired';
  /** Only members whose units were owed by then are meant. */
  readonly owedBefore: Date | null;
  /** Only members that a summary before this one had failed to show are meant. */
  readonly again: boolean;
}

/** The members of storms, as what became of their summary concerns them. The summary's row is locked, or ours. */
export class StormMemberStore {
  /**
   * Gives the members that the summary knew as they are, up to its event `seq`, the end that it found. One that something
   * came in for since, or that waits for its integration, is not meant: the summary will be told of it.
   */
  async settle(tx: Transaction, stormId: string, seq: number, end: UnitEnd, now: Date): Promise<void> {
    const units = 'accepted_seq - settled_seq';
    const gained =
      end === 'delivered' ? `delivered = delivered + 1, coalesced = coalesced + ${units} - 1` : '';
    await tx.query(
      `UPDATE deliveries SET ${gained || `${end} = ${end} + ${units}`}, settled_seq = accepted_seq, owed_since = NULL,
              failures = 0, last_end = $3, updated_at = $4
       WHERE id IN (SELECT id FROM deliveries
                    WHERE storm_id = $1 AND storm_seq <= $2 AND due_at IS NULL AND NOT parked AND settled_seq < accepted_seq
                    ORDER BY id FOR UPDATE)`,
      [stormId, seq, end, now],
    );
  }

  /**
   * Gives up a summary that could not be shown, for good: it owes nothing any more, and its members have none. Those that
   * are meant find its end; what the others are owed is due again, by the next summary or by messages of their own, and that
   * this one failed is counted as a failed attempt.
   */
  async giveUp(tx: Transaction, stormId: string, failure: StormFailure, now: Date): Promise<void> {
    const { seq, end, owedBefore, again } = failure;
    const meant = `storm_seq <= $2 AND NOT parked AND due_at IS NULL AND failures >= $3::int
      AND ($4::timestamptz IS NULL OR owed_since <= $4)`;
    await tx.query(
      `UPDATE deliveries SET ${end} = ${end} + accepted_seq - settled_seq, settled_seq = accepted_seq, owed_since = NULL,
              failures = 0, last_end = $5, updated_at = $6
       WHERE id IN (SELECT id FROM deliveries WHERE storm_id = $1 AND settled_seq < accepted_seq AND ${meant}
                    ORDER BY id FOR UPDATE)`,
      [stormId, seq, again ? 1 : 0, owedBefore, end, now],
    );
    await tx.query(
      `UPDATE deliveries SET storm_id = NULL, storm_seq = NULL,
              failures = CASE WHEN settled_seq < accepted_seq AND storm_seq <= $2 THEN failures + 1 ELSE failures END,
              due_at = CASE WHEN parked OR settled_seq >= accepted_seq THEN due_at ELSE LEAST(due_at, $3) END
       WHERE id IN (SELECT id FROM deliveries WHERE storm_id = $1 ORDER BY id FOR UPDATE)`,
      [stormId, seq, now],
    );
    await tx.query(
      `UPDATE deliveries SET settled_seq = accepted_seq, owed_since = NULL, due_at = NULL, failures = 0 WHERE id = $1`,
      [stormId],
    );
  }

  /** The summary waits for its integration, and its members with it. */
  async park(tx: Transaction, stormId: string): Promise<void> {
    await tx.query(
      `UPDATE deliveries SET parked = true
       WHERE id IN (SELECT id FROM deliveries
                    WHERE storm_id = $1 AND due_at IS NULL AND NOT parked AND settled_seq < accepted_seq
                    ORDER BY id FOR UPDATE)`,
      [stormId],
    );
  }
}
