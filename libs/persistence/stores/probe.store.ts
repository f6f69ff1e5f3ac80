import type { Queryable, Transaction } from '../database.js';
import type { DueDelivery } from './backlog.store.js';

const IS_OVER = `(mirror->>'ref' IS NULL AND EXISTS (
  SELECT 1 FROM issues WHERE issues.id = subject_id AND issues.status = 'closed'))`;

/** Which one delivery may go although its integration is failing, so that it is seen whether it works again. */
export class ProbeStore {
  /** Failing integrations with something parked whose time for a probe has come; not those that are paused. */
  probesDue(db: Queryable, now: Date): Promise<{ id: string; probe_failures: number }[]> {
    return db.query(
      `SELECT id, probe_failures FROM integrations
       WHERE health = 'failing' AND status = 'active' AND paused_at IS NULL AND probe_at <= $1
         AND EXISTS (SELECT 1 FROM deliveries WHERE integration_id = integrations.id AND parked)`,
      [now],
    );
  }

  /**
   * Lets the parked delivery of a failing integration through that was tried the longest ago, so that one that fails for
   * reasons of its own does not keep all others, and puts the next probe off until then. What is closed and was never shown
   * comes last: it may not be worth a call at its sink, and nothing would be tried.
   */
  async probe(db: Queryable, id: string, now: Date, nextProbeAt: Date): Promise<DueDelivery[]> {
    return db.query<DueDelivery>(
      `WITH oldest AS (
         SELECT id FROM deliveries WHERE integration_id = $1 AND parked ORDER BY ${IS_OVER}, updated_at, id LIMIT 1
       ), marked AS (
         UPDATE integrations SET probe_delivery_id = oldest.id, probe_at = $3, probe_failures = probe_failures + 1
         FROM oldest WHERE integrations.id = $1 AND health = 'failing' AND paused_at IS NULL AND probe_at <= $2
         RETURNING oldest.id
       )
       UPDATE deliveries SET due_at = $2 FROM marked WHERE deliveries.id = marked.id
       RETURNING deliveries.id, deliveries.sink, deliveries.integration_id AS "integrationId"`,
      [id, now, nextProbeAt],
    );
  }

  /** Takes the probe of a failing integration that is due, and puts the next one off; false when it is not due, or taken. */
  async takeProbe(db: Queryable, id: string, now: Date, nextProbeAt: Date): Promise<boolean> {
    const rows = await db.query(
      `UPDATE integrations SET probe_at = $3, probe_failures = probe_failures + 1
       WHERE id = $1 AND health = 'failing' AND paused_at IS NULL AND probe_at <= $2 RETURNING id`,
      [id, now, nextProbeAt],
    );
    return rows.length > 0;
  }

  /** Lets this delivery through although the integration is failing, in place of any other until then. */
  async probeWith(tx: Transaction, id: string, deliveryId: string, until: Date): Promise<void> {
    await tx.query(
      `UPDATE integrations SET probe_delivery_id = $2, probe_at = $3 WHERE id = $1 AND health = 'failing'`,
      [id, deliveryId, until],
    );
  }

  /** Ends that, if it is this one that is let through; the next probe comes at `probeAt`. */
  async endProbeWith(tx: Transaction, id: string, deliveryId: string, probeAt: Date): Promise<void> {
    await tx.query(
      `UPDATE integrations SET probe_delivery_id = NULL, probe_at = $3 WHERE id = $1 AND probe_delivery_id = $2`,
      [id, deliveryId, probeAt],
    );
  }
}
