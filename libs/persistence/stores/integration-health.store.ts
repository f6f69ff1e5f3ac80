import type { Queryable, Transaction } from '../database.js';
import { IntegrationEntity, type IntegrationHealth } from '../entities/index.js';

export interface FailureNote {
  readonly code: string;
  readonly reason: string;
}

export interface FalterNote extends FailureNote {
  /** The sink did not answer, or not as itself: other calls would fare no better. */
  readonly isDown: boolean;
}

/** This row as it was, locked: of several that change it at once, one alone sees the old health. */
const OLD = `(SELECT id, health AS before, failed_code AS failed_for FROM integrations WHERE id = $1 FOR UPDATE) AS old`;

const IS_FREE = `(throttled_until IS NULL OR throttled_until <= $5)`;
/** Ends what `falter` began; what the sink itself asked for stands. */
const NOT_LEFT_ALONE = `throttled_until =
  CASE WHEN health = 'degraded' AND failures_in_row > 0 THEN NULL ELSE throttled_until END`;
const NO_PROBES = 'probe_at = NULL, probe_failures = 0, probe_delivery_id = NULL';
/** Nobody knows yet whether what was done about the failure helped. */
const UNTRIED_CODE = 'untried';
const UNTRIED =
  'It was failing until it was edited or resumed, and no call has shown yet whether it works. It failed with:';

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
   * Resolves with what it was before, or undefined when it was not marked. The first failure's time is kept, also when it
   * was tried again meanwhile and fails as before: that counts as failing all along.
   */
  async fail(
    db: Queryable,
    id: string,
    version: Date,
    note: FailureNote,
    now: Date,
    probeAt: Date,
  ): Promise<IntegrationHealth | undefined> {
    const rows = await db.query<{ before: IntegrationHealth }>(
      `UPDATE integrations SET health = 'failing', health_code = $3, health_reason = $4,
              health_since = CASE WHEN health = 'failing' THEN health_since
                                  WHEN failed_code = $3 THEN failed_since ELSE $5 END,
              failed_code = NULL, failed_since = NULL, ${NOT_LEFT_ALONE},
              probe_at = CASE WHEN health = 'failing' THEN probe_at ELSE $6 END,
              probe_failures = CASE WHEN health = 'failing' THEN probe_failures ELSE 0 END, failures_in_row = 0
       FROM ${OLD} WHERE integrations.id = old.id AND updated_at = $2
       RETURNING CASE WHEN old.failed_for = $3 THEN 'failing' ELSE old.before END AS before`,
      [id, version, note.code, note.reason, now, probeAt],
    );
    return rows[0]?.before;
  }

  /**
   * It works: marks it healthy. Resolves with what it was before (`failing` also when it was being tried again), or
   * undefined when nothing had been wrong.
   */
  async heal(db: Queryable, id: string, now: Date): Promise<IntegrationHealth | undefined> {
    const rows = await db.query<{ before: IntegrationHealth }>(
      `UPDATE integrations SET health = 'healthy', health_code = NULL, health_reason = NULL,
              health_since = CASE WHEN health = 'healthy' THEN health_since ELSE $2 END,
              failed_code = NULL, failed_since = NULL, ${NOT_LEFT_ALONE}, ${NO_PROBES}, failures_in_row = 0
       FROM ${OLD} WHERE integrations.id = old.id AND status = 'active' AND (health <> 'healthy' OR failures_in_row > 0)
       RETURNING CASE WHEN old.failed_for IS NOT NULL THEN 'failing' ELSE old.before END AS before`,
      [id, now],
    );
    return rows[0]?.before;
  }

  /**
   * Something was done about it: nothing is kept from it any more. One that is failing becomes degraded until a call shows
   * whether it works; what it failed for is remembered. Resolves with what it was before, or undefined when nothing was
   * wrong that had not been tried again already.
   */
  async tryAgain(db: Queryable, id: string, now: Date): Promise<IntegrationHealth | undefined> {
    const rows = await db.query<{ before: IntegrationHealth }>(
      `UPDATE integrations SET health = CASE WHEN health = 'failing' OR failed_code IS NOT NULL THEN 'degraded' ELSE 'healthy' END,
              health_code = CASE WHEN health = 'failing' THEN $3 WHEN failed_code IS NOT NULL THEN health_code END,
              health_reason = CASE WHEN health = 'failing' THEN $4 || ' ' || COALESCE(health_reason, health_code, '')
                                   WHEN failed_code IS NOT NULL THEN health_reason END,
              health_since = CASE WHEN health = 'healthy' OR failed_code IS NOT NULL THEN health_since ELSE $2 END,
              failed_since = CASE WHEN health = 'failing' THEN COALESCE(health_since, $2) ELSE failed_since END,
              failed_code = CASE WHEN health = 'failing' THEN COALESCE(health_code, '') ELSE failed_code END,
              ${NOT_LEFT_ALONE}, ${NO_PROBES}, failures_in_row = 0
       FROM ${OLD} WHERE integrations.id = old.id AND status = 'active'
         AND (health = 'failing' OR failures_in_row > 0 OR (health = 'degraded' AND failed_code IS NULL))
       RETURNING old.before`,
      [id, now, UNTRIED_CODE, UNTRIED],
    );
    return rows[0]?.before;
  }

  /**
   * Counts a failed call; `limit` in a row make it degraded. A degraded one whose sink is down is then left alone for
   * 1 s, 2 s, … up to half a minute: what retries would otherwise take from all others. Writes nothing for what fails
   * meanwhile, so that the row does not become hot. Resolves with whether it became degraded just now.
   */
  async falter(db: Queryable, id: string, note: FalterNote, limit: number, now: Date): Promise<boolean> {
    const rows = await db.query<{ turned: boolean }>(
      `UPDATE integrations SET failures_in_row = LEAST(failures_in_row + 1, $4 + 5),
              throttled_until = CASE WHEN $6 AND failures_in_row + 1 >= $4 AND ${IS_FREE}
                THEN $5::timestamptz + LEAST(30, 2 ^ (failures_in_row + 1 - $4)) * interval '1 second'
                ELSE throttled_until END,
              health = CASE WHEN failures_in_row + 1 >= $4 THEN 'degraded' ELSE health END,
              health_since = CASE WHEN health = 'healthy' AND failures_in_row + 1 >= $4 THEN $5 ELSE health_since END,
              health_code = CASE WHEN failures_in_row + 1 >= $4 THEN $2 ELSE health_code END,
              health_reason = CASE WHEN failures_in_row + 1 >= $4 THEN $3 ELSE health_reason END
       FROM ${OLD} WHERE integrations.id = old.id AND health <> 'failing'
         AND (failures_in_row < $4 OR health_code IS DISTINCT FROM $2 OR ($6 AND ${IS_FREE}))
       RETURNING old.before <> integrations.health AS turned`,
      [id, note.code, note.reason, limit, now, note.isDown],
    );
    return rows[0]?.turned ?? false;
  }

  /**
   * A call was delivered: it is neither degraded nor left alone any more. Leaves one that is failing, or is being tried
   * again, as it is. Resolves with whether it was degraded.
   */
  async thrive(db: Queryable, id: string, now: Date): Promise<boolean> {
    const rows = await db.query<{ turned: boolean }>(
      `UPDATE integrations SET failures_in_row = 0, health = 'healthy', health_code = NULL, health_reason = NULL,
              ${NOT_LEFT_ALONE}, health_since = CASE WHEN health = 'degraded' THEN $2 ELSE health_since END
       FROM ${OLD} WHERE integrations.id = old.id AND health <> 'failing' AND failed_code IS NULL
         AND (failures_in_row > 0 OR health = 'degraded')
       RETURNING old.before = 'degraded' AS turned`,
      [id, now],
    );
    return rows[0]?.turned ?? false;
  }

  /** Its sink asked to be left alone until then; a longer wait that is known already stands. */
  async throttle(db: Queryable, id: string, until: Date): Promise<void> {
    const later = 'GREATEST(throttled_until, $2::timestamptz)';
    await db.query(`UPDATE integrations SET throttled_until = ${later} WHERE id = $1`, [id, until]);
  }
}
