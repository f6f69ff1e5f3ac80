import type { Queryable, Transaction } from '../database.js';
import { IntegrationEntity, type IntegrationHealth } from '../entities/index.js';

export interface FailureNote {
  readonly code: string;
  readonly reason: string;
}

/** What an integration's health was before it was changed. */
export interface HealthBefore {
  readonly before: IntegrationHealth;
  readonly since: Date | null;
}

/** This row as it was, locked: of several that change it at once, one alone sees the old health. */
const OLD = `(SELECT id, health AS before, health_since AS since FROM integrations WHERE id = $1 FOR UPDATE) AS old`;

/** Whether an integration's sink takes what it is given, and when it may be tried again. */
export class IntegrationHealthStore {
  async load(db: Queryable, integrationId: string): Promise<IntegrationEntity | undefined> {
    return (await db.repository(IntegrationEntity).findOneBy({ id: integrationId })) ?? undefined;
  }

  /** As `load`, and keeps others from changing it until the transaction ends. */
  async lock(tx: Transaction, id: string): Promise<IntegrationEntity | undefined> {
    const lock = { mode: 'pessimistic_write' } as const;
    return (await tx.repository(IntegrationEntity).findOne({ where: { id }, lock })) ?? undefined;
  }

  /**
   * Marks it failing, unless it was edited or deleted since the call was made with `version` (its `updatedAt` then).
   * Resolves with what it was before, or undefined when it was not marked. The first failure's time is kept.
   */
  async fail(
    db: Queryable,
    id: string,
    version: Date,
    note: FailureNote,
    now: Date,
    probeAt: Date,
  ): Promise<HealthBefore | undefined> {
    const rows = await db.query<HealthBefore>(
      `UPDATE integrations SET health = 'failing', health_code = $3, health_reason = $4,
              health_since = CASE WHEN health = 'failing' THEN health_since ELSE $5 END,
              probe_at = CASE WHEN health = 'failing' THEN probe_at ELSE $6 END,
              probe_failures = CASE WHEN health = 'failing' THEN probe_failures ELSE 0 END, failures_in_row = 0
       FROM ${OLD} WHERE integrations.id = old.id AND updated_at = $2 RETURNING old.before, old.since`,
      [id, version, note.code, note.reason, now, probeAt],
    );
    return rows[0];
  }

  /** Marks it healthy. Resolves with what it was before, or undefined when nothing had been wrong. */
  async heal(db: Queryable, id: string, now: Date): Promise<HealthBefore | undefined> {
    const rows = await db.query<HealthBefore>(
      `UPDATE integrations SET health = 'healthy', health_code = NULL, health_reason = NULL,
              health_since = CASE WHEN health = 'healthy' THEN health_since ELSE $2 END,
              probe_at = NULL, probe_failures = 0, probe_delivery_id = NULL, failures_in_row = 0
       FROM ${OLD} WHERE integrations.id = old.id AND status = 'active' AND (health <> 'healthy' OR failures_in_row > 0)
       RETURNING old.before, old.since`,
      [id, now],
    );
    return rows[0];
  }

  /**
   * Counts a failed call; `limit` in a row make it degraded. Writes nothing for more of the same, so that the row does
   * not become hot while everything fails. Resolves with whether it became degraded just now.
   */
  async falter(db: Queryable, id: string, note: FailureNote, limit: number, now: Date): Promise<boolean> {
    const rows = await db.query<{ turned: boolean }>(
      `UPDATE integrations SET failures_in_row = LEAST(failures_in_row + 1, $4),
              health = CASE WHEN failures_in_row + 1 >= $4 THEN 'degraded' ELSE health END,
              health_since = CASE WHEN health = 'healthy' AND failures_in_row + 1 >= $4 THEN $5 ELSE health_since END,
              health_code = CASE WHEN failures_in_row + 1 >= $4 THEN $2 ELSE health_code END,
              health_reason = CASE WHEN failures_in_row + 1 >= $4 THEN $3 ELSE health_reason END
       FROM ${OLD} WHERE integrations.id = old.id AND health <> 'failing'
         AND (failures_in_row < $4 OR health_code IS DISTINCT FROM $2)
       RETURNING old.before <> integrations.health AS turned`,
      [id, note.code, note.reason, limit, now],
    );
    return rows[0]?.turned ?? false;
  }

  /** A call was delivered: no failures in a row any more, and not degraded. Leaves a failing one as it is. */
  async thrive(db: Queryable, id: string, now: Date): Promise<boolean> {
    const rows = await db.query<{ turned: boolean }>(
      `UPDATE integrations SET failures_in_row = 0, health = 'healthy', health_code = NULL, health_reason = NULL,
              health_since = CASE WHEN health = 'degraded' THEN $2 ELSE health_since END
       FROM ${OLD} WHERE integrations.id = old.id AND health <> 'failing' AND (failures_in_row > 0 OR health = 'degraded')
       RETURNING old.before = 'degraded' AS turned`,
      [id, now],
    );
    return rows[0]?.turned ?? false;
  }

  /** Its sink asked to be left alone until then; a longer wait that is known already stands. */
  async throttle(db: Queryable, id: string, until: Date): Promise<void> {
    await db.query(
      `UPDATE integrations SET throttled_until = GREATEST(throttled_until, $2::timestamptz) WHERE id = $1`,
      [id, until],
    );
  }

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
         FROM oldest WHERE integrations.id = $1 AND health = 'failing' AND paused_at IS NULL AND probe_at <= $2
         RETURNING oldest.id
       )
       UPDATE deliveries SET due_at = $2 FROM marked WHERE deliveries.id = marked.id
       RETURNING deliveries.id, deliveries.sink`,
      [id, now, nextProbeAt],
    );
  }
}
