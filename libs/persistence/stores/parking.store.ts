import type { Queryable, Transaction } from '../database.js';

/** What was parked counts its age anew; nothing is owed of what only waited to be read back. */
const OWED_SINCE = (now: string): string =>
  `CASE WHEN NOT parked THEN owed_since WHEN settled_seq < accepted_seq THEN ${now}::timestamptz END`;

/** Something is owed, a verdict is awaited, or what was closed is to be read back. */
const NEEDS_A_CALL = `(settled_seq < accepted_seq OR COALESCE(mirror->>'pending', mirror->>'verify') IS NOT NULL)`;

/** Pauses an integration, sets its backlog aside, and lets it go. */
export class ParkingStore {
  /** Nothing is called from now on. Keeps who paused it first; resolves with whether this did. */
  async pause(tx: Transaction, id: string, by: string, reason: string | null, now: Date): Promise<boolean> {
    const rows = await tx.query(
      `UPDATE integrations SET paused_at = $2, paused_by = $3, paused_reason = $4
       WHERE id = $1 AND paused_at IS NULL RETURNING id`,
      [id, now, by, reason],
    );
    return rows.length > 0;
  }

  /** Resolves with whether it was paused. */
  async resume(tx: Transaction, id: string): Promise<boolean> {
    const rows = await tx.query(
      `UPDATE integrations SET paused_at = NULL, paused_by = NULL, paused_reason = NULL
       WHERE id = $1 AND paused_at IS NOT NULL RETURNING id`,
      [id],
    );
    return rows.length > 0;
  }

  /**
   * Parks everything that a call would be made for. Every row that may be due is written, so that whoever read it before
   * the integration was paused cannot begin a call any more; what is in the middle of one ends it.
   */
  async park(tx: Transaction, integrationId: string, now: Date): Promise<void> {
    await tx.query(
      `UPDATE deliveries SET parked = parked OR ${NEEDS_A_CALL}, due_at = CASE WHEN ${NEEDS_A_CALL} THEN NULL ELSE due_at END,
              updated_at = CASE WHEN ${NEEDS_A_CALL} THEN $2 ELSE updated_at END
       WHERE id IN (SELECT id FROM deliveries
                    WHERE integration_id = $1 AND (due_at IS NOT NULL OR (owed_since IS NOT NULL AND NOT parked))
                      AND (lease_until IS NULL OR lease_until <= $2)
                    ORDER BY id FOR UPDATE)`,
      [integrationId, now],
    );
  }

  /**
   * Makes due what is parked, and what waits for another try or for its sink to be ready again, unless the integration is
   * paused. Whatever else it waits for, its next look finds that out. Nothing is handed back, because it may be very
   * much: `BacklogStore.dueOf` and `due` find it.
   */
  async letGo(tx: Transaction, integrationId: string, now: Date): Promise<void> {
    await tx.query(
      `UPDATE deliveries SET parked = false, due_at = $2, owed_since = ${OWED_SINCE('$2')}, updated_at = $2
       WHERE EXISTS (SELECT 1 FROM integrations WHERE id = $1 AND paused_at IS NULL)
         AND id IN (SELECT id FROM deliveries WHERE integration_id = $1 AND (parked OR (due_at > $2
                      AND settled_seq < accepted_seq AND (lease_until IS NULL OR lease_until <= $2)))
                    ORDER BY id FOR UPDATE)`,
      [integrationId, now],
    );
  }

  /** Makes due what is parked although nothing keeps its integration: it was mended while they were being parked. */
  async letGoOfMended(db: Queryable, now: Date): Promise<void> {
    await db.query(
      `UPDATE deliveries SET parked = false, due_at = $1, owed_since = ${OWED_SINCE('$1')} FROM integrations
       WHERE deliveries.parked AND integrations.id = deliveries.integration_id
         AND integrations.health <> 'failing' AND integrations.paused_at IS NULL`,
      [now],
    );
  }
}
