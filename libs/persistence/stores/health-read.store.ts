import type { Queryable } from '../database.js';
import { AttemptEntity, DrillEntity, IS_ERROR } from '../entities/index.js';

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
  counts(db: Queryable, deliveringSinks: readonly string[]): Promise<HealthCount[]> {
    return db.query<HealthCount>(
      `SELECT integrations.id, CASE WHEN paused_at IS NULL AND sink = ANY($1) THEN health ELSE 'paused' END AS health,
              COALESCE(backlog.units, 0) AS units
       FROM integrations LEFT JOIN (
         SELECT integration_id, ${UNITS} AS units FROM deliveries
         WHERE owed_since IS NOT NULL AND subject_type <> 'storm' GROUP BY integration_id
       ) AS backlog ON backlog.integration_id = integrations.id
       WHERE integrations.status = 'active'`,
      [deliveringSinks],
    );
  }
}
