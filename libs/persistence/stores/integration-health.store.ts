import type { Queryable } from '../database.js';
import { IntegrationEntity } from '../entities/index.js';

export interface FailureNote {
  readonly code: string;
  readonly reason: string;
}

/** Whether an integration's sink takes what it is given, and when it may be tried again. */
export class IntegrationHealthStore {
  async load(db: Queryable, integrationId: string): Promise<IntegrationEntity | undefined> {
    return (await db.repository(IntegrationEntity).findOneBy({ id: integrationId })) ?? undefined;
  }

  /**
   * Marks it failing, unless it was edited since the call was made with `version` (its `updatedAt` then).
   * Resolves with whether it did. The first failure's time is kept.
   */
  async fail(
    db: Queryable,
    id: string,
    version: Date,
    note: FailureNote,
    now: Date,
    probeAt: Date,
  ): Promise<boolean> {
    const rows = await db.query(
      `UPDATE integrations SET health = 'failing', health_code = $3, health_reason = $4,
              health_since = CASE WHEN health = 'failing' THEN health_since ELSE $5 END,
              probe_at = CASE WHEN health = 'failing' THEN probe_at ELSE $6 END,
              probe_failures = CASE WHEN health = 'failing' THEN probe_failures ELSE 0 END
       WHERE id = $1 AND updated_at = $2 RETURNING id`,
      [id, version, note.code, note.reason, now, probeAt],
    );
    return rows.length > 0;
  }

  /** Marks it healthy. Resolves with whether it was failing before. */
  async heal(db: Queryable, id: string, now: Date): Promise<boolean> {
    const rows = await db.query(
      `UPDATE integrations SET health = 'healthy', health_code = NULL, health_reason = NULL, health_since = $2,
              probe_at = NULL, probe_failures = 0, probe_delivery_id = NULL
       WHERE id = $1 AND health <> 'healthy' RETURNING id`,
      [id, now],
    );
    return rows.length > 0;
  }

  /** Its sink asked to be left alone until then; a longer wait that is known already stands. */
  async throttle(db: Queryable, id: string, until: Date): Promise<void> {
    await db.query(
      `UPDATE integrations SET throttled_until = GREATEST(throttled_until, $2::timestamptz) WHERE id = $1`,
      [id, until],
    );
  }

  /** Failing integrations with something parked whose time for a probe has come. */
  probesDue(db: Queryable, now: Date): Promise<{ id: string; probe_failures: number }[]> {
    return db.query(
      `SELECT id, probe_failures FROM integrations
       WHERE health = 'failing' AND status = 'active' AND probe_at <= $1
         AND EXISTS (SELECT 1 FROM deliveries WHERE integration_id = integrations.id AND parked)`,
      [now],
    );
  }

  /**
   * Lets the parked delivery of a failing integration through that was tried the longest ago, so that one that fails for
   * reasons of its own does not keep all others, and puts the next probe off until then.
   */
  async probe(
    db: Queryable,
    id: string,
    now: Date,
    nextProbeAt: Date,
  ): Promise<{ id: string; sink: string }[]> {
    return db.query<{ id: string; sink: string }>(
      `WITH oldest AS (
         SELECT id FROM deliveries WHERE integration_id = $1 AND parked ORDER BY updated_at, id LIMIT 1
       ), marked AS (
         UPDATE integrations SET probe_delivery_id = oldest.id, probe_at = $3, probe_failures = probe_failures + 1
         FROM oldest WHERE integrations.id = $1 AND health = 'failing' AND probe_at <= $2 RETURNING oldest.id
       )
       UPDATE deliveries SET due_at = $2 FROM marked WHERE deliveries.id = marked.id
       RETURNING deliveries.id, deliveries.sink`,
      [id, now, nextProbeAt],
    );
  }

  /** Makes due what is parked although its integration is healthy: it was mended while they were being parked. */
  async unparkMended(db: Queryable, now: Date): Promise<void> {
    await db.query(
      `UPDATE deliveries SET parked = false, due_at = $1, owed_since = $1 FROM integrations
       WHERE deliveries.parked AND integrations.id = deliveries.integration_id AND integrations.health = 'healthy'`,
      [now],
    );
  }
}
