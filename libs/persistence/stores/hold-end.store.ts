import type { Queryable, Transaction } from '../database.js';
import { HoldEntity } from '../entities/index.js';

/** What happens when silences and windows end. */
export class HoldEndStore {
  /** Those that may have ended and are not summed up: silences and windows that are over, and every recurring window. */
  mayHaveEnded(db: Queryable, now: Date): Promise<HoldEntity[]> {
    return db
      .repository(HoldEntity)
      .createQueryBuilder('hold')
      .where(`hold.endedAt IS NULL AND (hold.untilAt <= :now OR hold.type = 'window')`, { now })
      .orderBy('hold.id')
      .getMany();
  }

  /** The hold, if it is not finished and nobody else works on it. */
  async lock(tx: Transaction, id: string): Promise<HoldEntity | undefined> {
    const found = await tx
      .repository(HoldEntity)
      .createQueryBuilder('hold')
      .setLock('pessimistic_write')
      .setOnLocked('skip_locked')
      .where('hold.id = :id AND hold.endedAt IS NULL', { id })
      .getOne();
    return found ?? undefined;
  }

  /**
   * Lets what this holds back be looked at again, at once: `heldBy` is the id of a silence or window. What waits for its
   * integration, or is being called for, comes to it by itself.
   */
  async lookAgain(tx: Transaction, heldBy: string, now: Date): Promise<void> {
    await this.makeDue(tx, 'held_by = $2', [now, heldBy]);
  }

  /** As `lookAgain`, for what an integration's own filter holds back. */
  async lookAgainAtFiltered(tx: Transaction, integrationId: string, now: Date): Promise<void> {
    await this.makeDue(tx, `held_by = 'filter' AND integration_id = $2`, [now, integrationId]);
  }

  /**
   * As both, for all silences, windows and integrations that were changed at `since` or later: a claim that was decided on
   * what was before may have written its decision after the change.
   */
  async lookAgainAtChanged(tx: Transaction, since: Date, now: Date): Promise<void> {
    await this.makeDue(
      tx,
      `(held_by IN (SELECT id FROM holds WHERE updated_at >= $2 AND updated_at > created_at)
        OR held_by = 'filter' AND integration_id IN (SELECT id FROM integrations WHERE updated_at >= $2 AND updated_at > created_at))`,
      [now, since],
    );
  }

  /** Forgets those that ended before then, and what was noted for them. Resolves with how many there were. */
  async forgetEnded(db: Queryable, before: Date, limit: number): Promise<number> {
    const rows = await db.query(
      `WITH old AS (
         DELETE FROM holds WHERE id IN (SELECT id FROM holds WHERE ended_at < $1 LIMIT $2) RETURNING id
       ), notes_gone AS (
         DELETE FROM held_deliveries USING old WHERE hold_id = old.id
       ) SELECT id FROM old`,
      [before, limit],
    );
    return rows.length;
  }

  /**
   * Takes away what was noted before then for a time that is summed up already, or for a hold that is over or gone: a claim
   * that was decided before the sum may have written it after that.
   */
  async forgetLate(db: Queryable, before: Date): Promise<void> {
    await db.query(
      `DELETE FROM held_deliveries WHERE held_at < $1 AND NOT EXISTS (
         SELECT 1 FROM holds WHERE holds.id = hold_id AND ended_at IS NULL
           AND (summed_until IS NULL OR summed_until <= held_at))`,
      [before],
    );
  }

  /** Ends all of these projects at once; nothing is summed up. */
  async endAllOf(tx: Transaction, projectIds: readonly string[], now: Date): Promise<void> {
    await tx.query(
      `WITH ended AS (
         UPDATE holds SET ended_at = $2, updated_at = $2 WHERE project_id = ANY($1) AND ended_at IS NULL RETURNING id
       ) DELETE FROM held_deliveries WHERE hold_id IN (SELECT id FROM ended)`,
      [projectIds, now],
    );
  }

  private async makeDue(tx: Transaction, which: string, parameters: readonly unknown[]): Promise<void> {
    await tx.query(
      `UPDATE deliveries SET due_at = $1 WHERE id IN (
         SELECT id FROM deliveries WHERE held_by IS NOT NULL AND ${which} AND NOT parked AND (due_at IS NULL OR due_at > $1)
           AND (lease_until IS NULL OR lease_until <= $1) ORDER BY id FOR UPDATE)`,
      parameters,
    );
  }
}
