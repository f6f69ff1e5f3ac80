import type { Queryable, Transaction } from '../database.js';

/** What was parked counts its age anew; nothing is owed of what only waited to be read back. */
const OWED_SINCE = (now: string): string =>
  `CASE WHEN NOT parked THEN owed_since WHEN settled_seq < accepted_seq THEN ${now}::timestamptz END`;

/** Sets the backlog of one integration aside, and lets it go. */
export class ParkingStore {
  /** Parks everything that is owed and that nobody is working on just now. */
  async park(tx: Transaction, integrationId: string, now: Date): Promise<void> {
    await tx.query(
      `UPDATE deliveries SET parked = true, due_at = NULL, updated_at = $2
       WHERE id IN (SELECT id FROM deliveries WHERE integration_id = $1 AND owed_since IS NOT NULL AND NOT parked
                      AND settled_seq < accepted_seq AND (lease_until IS NULL OR lease_until <= $2)
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
