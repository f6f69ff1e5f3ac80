import type { Queryable } from '../database.js';
import { AttemptEntity, DrillEntity, IS_ERROR } from '../entities/index.js';
import { STREAM_OLDEST, STREAM_OWED, STREAM_PARKED } from './ledger.store.js';

/** What an integration owes and has not settled. */
export interface Backlog {
  /** Issue events and notifications. */
  readonly units: number;
  /** Issues and notifications. */
  readonly deliveries: number;
  /** Of the units those that wait for the integration itself. */
  readonly parked: number;
  readonly oldestAt: Date | null;
}

/** How many integrations are in which state, as it is shown. */
export interface HealthCount {
  readonly id: string;
  readonly health: string;
  readonly units: number;
}

const UNITS = 'COALESCE(sum(accepted_seq - settled_seq), 0)::int';

/** What people want to know of an integration's health. Every question is answered from an index. */
export class HealthReadStore {
  async backlog(db: Queryable, integrationId: string): Promise<Backlog> {
    const [row] = await db.query<Backlog>(
      `SELECT ${UNITS} AS units, count(*)::int AS deliveries, min(owed_since) AS "oldestAt",
              COALESCE(sum(accepted_seq - settled_seq) FILTER (WHERE parked), 0)::int AS parked
       FROM deliveries
       WHERE integration_id = $1 AND owed_since IS NOT NULL AND settled_seq < accepted_seq AND subject_type <> 'storm'`,
      [integrationId],
    );
    return row!;
  }

  /** The same of an integration of streams; `deliveries` are its streams that something waits in. */
  async streamBacklog(db: Queryable, integrationId: string): Promise<Backlog> {
    const [row] = await db.query<Omit<Backlog, 'oldestAt'> & { readonly oldestMs: number | null }>(
      `SELECT COALESCE(sum(${STREAM_OWED}), 0)::float8 AS units, count(*)::int AS deliveries,
              COALESCE(sum(CASE WHEN ${STREAM_PARKED} THEN ${STREAM_OWED} ELSE 0 END), 0)::float8 AS parked,
              min(${STREAM_OLDEST})::float8 AS "oldestMs"
       FROM stream_cursors cursor JOIN streams stream ON stream.id = cursor.stream_id
       JOIN integrations integration ON integration.id = cursor.integration_id
       WHERE cursor.integration_id = $1 AND cursor.end_seq IS NULL AND cursor.position < stream.last_seq`,
      [integrationId],
    );
    const { oldestMs, ...rest } = row!;
    return { ...rest, oldestAt: oldestMs === null ? null : new Date(oldestMs) };
  }

  /** When something was last delivered of any of its streams. */
  async lastStreamSuccess(db: Queryable, integrationId: string): Promise<Date | null> {
    const [row] = await db.query<{ at: Date | null }>(
      'SELECT max(last_success_at) AS at FROM stream_cursors WHERE integration_id = $1',
      [integrationId],
    );
    return row?.at ?? null;
  }

  async lastError(db: Queryable, integrationId: string): Promise<AttemptEntity | undefined> {
    const found = await db
      .repository(AttemptEntity)
      .createQueryBuilder('attempt')
      .where('attempt.integrationId = :integrationId', { integrationId })
      .andWhere(IS_ERROR)
      .orderBy('attempt.startedAt', 'DESC')
      .limit(1)
      .getOne();
    return found ?? undefined;
  }

  /** The last call that showed something there; that something was only looked at is none. */
  async lastSuccess(db: Queryable, integrationId: string): Promise<Date | null> {
    const [row] = await db.query<{ at: Date }>(
      `SELECT started_at AS at FROM attempts WHERE integration_id = $1 AND outcome = 'delivered'
         AND action IN ('open', 'update', 'close', 'confirm')
       ORDER BY started_at DESC LIMIT 1`,
      [integrationId],
    );
    return row?.at ?? null;
  }

  async lastDrill(db: Queryable, integrationId: string): Promise<DrillEntity | undefined> {
    const [found] = await db
      .repository(DrillEntity)
      .find({ where: { integrationId }, order: { startedAt: 'DESC', id: 'DESC' }, take: 1 });
    return found;
  }

  /** Every integration that is not deleted, with its health as it is shown, and with what it owes. */
  counts(db: Queryable): Promise<HealthCount[]> {
    return db.query<HealthCount>(
      `SELECT integrations.id, CASE WHEN paused_at IS NULL THEN health ELSE 'paused' END AS health,
              COALESCE(backlog.units, 0) + COALESCE(owed.units, 0) AS units
       FROM integrations LEFT JOIN (
         SELECT integration_id, ${UNITS} AS units FROM deliveries
         WHERE owed_since IS NOT NULL AND subject_type <> 'storm' GROUP BY integration_id
       ) AS backlog ON backlog.integration_id = integrations.id LEFT JOIN (
         SELECT integration_id, sum(${STREAM_OWED})::float8 AS units
         FROM stream_cursors cursor JOIN streams stream ON stream.id = cursor.stream_id GROUP BY integration_id
       ) AS owed ON owed.integration_id = integrations.id
       WHERE integrations.status = 'active'`,
    );
  }
}
