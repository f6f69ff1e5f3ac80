import { LessThan } from 'typeorm';
import type { Queryable, Transaction } from '../database.js';
import { DeliveryEntity, DrillEntity, IS_ERROR } from '../entities/index.js';
import type { Listing } from './listing.js';

/** What an integration is failing for that failed a fire drill. */
export const DRILL_FAILED = 'drill-failed';

/** The attempt that confirmed a step, and how many calls it took. */
export interface StepEvidence {
  readonly confirmedAt: Date | null;
  readonly httpStatus: number | null;
  readonly attempts: number;
}

/** An integration with a schedule of drills. */
export interface DrillSchedule {
  readonly integrationId: string;
  readonly projectId: string;
  readonly schedule: unknown;
  /** When it was last changed, or last drilled. */
  readonly after: Date;
}

/** Fire drills, and what the deliveries of their subjects tell about them. */
export class DrillStore {
  async insert(tx: Transaction, drill: DrillEntity): Promise<void> {
    await tx.repository(DrillEntity).insert(drill as never);
  }

  /** Ids of those that run. */
  async running(db: Queryable): Promise<string[]> {
    const rows = await db.query<{ id: string }>(
      `SELECT id FROM drills WHERE status = 'running' ORDER BY started_at`,
    );
    return rows.map(({ id }) => id);
  }

  async isRunning(db: Queryable, integrationId: string): Promise<boolean> {
    return (await db.repository(DrillEntity).countBy({ integrationId, status: 'running' })) > 0;
  }

  /** A running one, locked until the transaction ends; undefined when it has ended, or somebody else has it. */
  async lock(tx: Transaction, id: string): Promise<DrillEntity | undefined> {
    const found = await tx
      .repository(DrillEntity)
      .createQueryBuilder('drill')
      .setLock('pessimistic_write')
      .setOnLocked('skip_locked')
      .where({ id, status: 'running' })
      .getOne();
    return found ?? undefined;
  }

  async save(tx: Transaction, { id, status, steps, reason, finishedAt }: DrillEntity): Promise<void> {
    await tx.repository(DrillEntity).update({ id }, { status, steps, reason, finishedAt } as never);
  }

  async find(db: Queryable, integrationId: string, id: string): Promise<DrillEntity | undefined> {
    return (await db.repository(DrillEntity).findOneBy({ id, integrationId })) ?? undefined;
  }

  /** Newest first; one more than `limit`. */
  list(db: Queryable, integrationId: string, { limit = 50, after }: Listing): Promise<DrillEntity[]> {
    return db.repository(DrillEntity).find({
      where: { integrationId, ...(after === undefined ? {} : { id: LessThan(after) }) },
      order: { id: 'DESC' },
      take: limit + 1,
    });
  }

  async deliveryOf(
    db: Queryable,
    integrationId: string,
    subjectId: string,
  ): Promise<DeliveryEntity | undefined> {
    return (await db.repository(DeliveryEntity).findOneBy({ integrationId, subjectId })) ?? undefined;
  }

  /** The newest call that the sink confirmed for this event; looks at what was closed are none. */
  async evidence(db: Queryable, deliveryId: string, seq: number): Promise<StepEvidence> {
    const [row] = await db.query<StepEvidence>(
      `SELECT confirmed.at AS "confirmedAt", confirmed.http_status AS "httpStatus",
              (SELECT count(*)::int FROM attempts WHERE delivery_id = $1 AND seq = $2
                 AND action IN ('open', 'update', 'close')) AS attempts
       FROM (SELECT 1) AS one LEFT JOIN LATERAL (
         SELECT started_at + duration_ms * interval '1 millisecond' AS at, http_status FROM attempts
         WHERE delivery_id = $1 AND seq = $2 AND outcome = 'delivered' AND action <> 'verify'
         ORDER BY at DESC LIMIT 1
       ) AS confirmed ON true`,
      [deliveryId, seq],
    );
    return row!;
  }

  /** Why the newest attempt that went wrong did, and whether the sink ever asked to be left alone. */
  async troubles(
    db: Queryable,
    deliveryId: string,
  ): Promise<{ reason: string | null; wasThrottled: boolean }> {
    const [row] = await db.query<{ reason: string | null; wasThrottled: boolean }>(
      `SELECT (SELECT reason FROM attempts WHERE delivery_id = $1 AND ${IS_ERROR} AND outcome <> 'throttled'
               ORDER BY started_at DESC LIMIT 1) AS reason,
              EXISTS (SELECT 1 FROM attempts WHERE delivery_id = $1 AND outcome = 'throttled') AS "wasThrottled"`,
      [deliveryId],
    );
    return row!;
  }

  /** Of the integrations that can be drilled now, also to see whether one works again that failed its last drill. */
  schedules(db: Queryable): Promise<DrillSchedule[]> {
    return db.query<DrillSchedule>(
      `SELECT id AS "integrationId", project_id AS "projectId", settings->'drill' AS schedule,
              GREATEST(updated_at, (SELECT max(started_at) FROM drills WHERE integration_id = integrations.id)) AS after
       FROM integrations
       WHERE jsonb_typeof(settings->'drill') = 'object' AND status = 'active' AND paused_at IS NULL
         AND (health <> 'failing' OR health_code = '${DRILL_FAILED}')
         AND NOT EXISTS (SELECT 1 FROM drills WHERE integration_id = integrations.id AND status = 'running')`,
    );
  }

  /** Forgets those that were started before then and have ended. Resolves with how many there were. */
  async forget(db: Queryable, before: Date, limit: number): Promise<number> {
    const rows = await db.query(
      `DELETE FROM drills WHERE id IN (
         SELECT id FROM drills WHERE started_at < $1 AND status <> 'running' LIMIT $2) RETURNING id`,
      [before, limit],
    );
    return rows.length;
  }
}
