import { IsNull, LessThan } from 'typeorm';
import type { Severity } from '../../domain/index.js';
import type { Queryable, Transaction } from '../database.js';
import { HoldEntity, type HoldType } from '../entities/index.js';
import type { Listing } from './listing.js';

/** Of whoever adds holds to a project. Spells "HOLD". */
const ADDING_LOCK = 0x484f4c44;

/** What a silence or window looks like to whoever decides on a delivery. */
export interface StoredHold {
  readonly id: string;
  readonly type: HoldType;
  readonly reason: string;
  readonly author: string;
  readonly matcher: {
    readonly minimumSeverity?: Severity;
    readonly kinds?: readonly string[];
    readonly clusterIds?: readonly string[];
    readonly nodeIds?: readonly string[];
    readonly integrationIds?: readonly string[];
  };
  readonly fromAt: Date;
  readonly untilAt: Date | null;
  readonly cron: string | null;
  readonly timeZone: string | null;
  readonly durationMs: number | null;
}

/**
 * SQL that yields the holds of a project that may be on at `now`, as `readHolds` reads them. Both are SQL: a column of the
 * statement around it, or a parameter.
 */
export const holdsJson = (projectId: string, now: string): string =>
  `(SELECT COALESCE(jsonb_agg(jsonb_build_object('id', hold.id, 'type', hold.type, 'reason', hold.reason,
       'author', hold.author, 'matcher', hold.matcher, 'fromAt', hold.from_at, 'untilAt', hold.until_at,
       'cron', hold.cron, 'timeZone', hold.time_zone, 'durationMs', hold.duration_ms)), '[]')
    FROM holds hold
    WHERE hold.project_id = ${projectId} AND hold.ended_at IS NULL AND hold.from_at <= ${now}::timestamptz
      AND (hold.until_at IS NULL OR hold.until_at > ${now}::timestamptz))`;

type HoldRow = Omit<StoredHold, 'fromAt' | 'untilAt'> & {
  readonly fromAt: string;
  readonly untilAt: string | null;
};

/** Reads what `holdsJson` yielded; nothing where there was no project. */
export const readHolds = (json: unknown): StoredHold[] =>
  ((json ?? []) as HoldRow[]).map((row) => ({
    ...row,
    fromAt: new Date(row.fromAt),
    untilAt: row.untilAt === null ? null : new Date(row.untilAt),
  }));

/** What an edit of a hold may write. */
export type HoldEdit = Partial<
  Pick<
    HoldEntity,
    'reason' | 'matcher' | 'fromAt' | 'untilAt' | 'cron' | 'timeZone' | 'durationMs' | 'updatedAt'
  >
>;

/** Silences and maintenance windows of projects; those that are over stay. */
export class HoldStore {
  /** How many a project has that are not over; nobody else adds one until the transaction ends. */
  async countAlone(tx: Transaction, projectId: string, now: Date): Promise<number> {
    await tx.query('SELECT pg_advisory_xact_lock($1, hashtext($2))', [ADDING_LOCK, projectId]);
    const rows = await tx.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM holds
       WHERE project_id = $1 AND ended_at IS NULL AND (until_at IS NULL OR until_at > $2)`,
      [projectId, now],
    );
    return rows[0]!.count;
  }

  async insert(tx: Transaction, hold: Omit<HoldEntity, 'heldBack' | 'endedAt'>): Promise<void> {
    await tx.repository(HoldEntity).insert(hold as never);
  }

  async find(db: Queryable, projectId: string, type: HoldType, id: string): Promise<HoldEntity | undefined> {
    return (await db.repository(HoldEntity).findOneBy({ id, projectId, type })) ?? undefined;
  }

  /** As `find`, and keeps others from changing it until the transaction ends. */
  async lock(
    tx: Transaction,
    projectId: string,
    type: HoldType,
    id: string,
  ): Promise<HoldEntity | undefined> {
    const where = { id, projectId, type };
    const lock = { mode: 'pessimistic_write' } as const;
    return (await tx.repository(HoldEntity).findOne({ where, lock })) ?? undefined;
  }

  /** Newest first; `unfinished` leaves out those that are over and summed up. */
  list(
    db: Queryable,
    projectId: string,
    type: HoldType,
    { limit, after, unfinished = false }: Listing & { readonly unfinished?: boolean },
  ): Promise<HoldEntity[]> {
    return db.repository(HoldEntity).find({
      where: {
        projectId,
        type,
        ...(unfinished ? { endedAt: IsNull() } : {}),
        ...(after === undefined ? {} : { id: LessThan(after) }),
      },
      order: { id: 'DESC' },
      ...(limit === undefined ? {} : { take: limit + 1 }),
    });
  }

  async edit(tx: Transaction, id: string, edit: HoldEdit): Promise<void> {
    await tx.repository(HoldEntity).update({ id }, edit as never);
  }

  /** For each of them how many deliveries it has held back since it was summed up last. */
  async heldSince(db: Queryable, ids: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const rows = await db.query<{ id: string; count: number }>(
      'SELECT hold_id AS id, count(*)::int AS count FROM held_deliveries WHERE hold_id = ANY($1) GROUP BY hold_id',
      [ids],
    );
    return new Map(rows.map(({ id, count }) => [id, count]));
  }
}
