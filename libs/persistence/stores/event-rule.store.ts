import { In, MoreThan } from 'typeorm';
import type { Queryable, Transaction } from '../database.js';
import { EventRuleEntity } from '../entities/index.js';
import type { Listing } from './listing.js';

/** Of whoever adds rules to a project. Spells "RULE". */
const ADDING_LOCK = 0x52554c45;

/** What an edit of a rule may write. */
export type EventRuleEdit = Partial<
  Omit<EventRuleEntity, 'id' | 'organizationId' | 'projectId' | 'createdAt'>
>;

/** A registered cluster, as events may name it. */
export interface NamedCluster {
  readonly id: string;
  readonly name: string;
}

/** Rules that make notifications of events. */
export class EventRuleStore {
  /** How many a project has; nobody else adds one until the transaction ends. */
  async countAlone(tx: Transaction, projectId: string): Promise<number> {
    await tx.query('SELECT pg_advisory_xact_lock($1, hashtext($2))', [ADDING_LOCK, projectId]);
    return tx.repository(EventRuleEntity).countBy({ projectId });
  }

  async insert(tx: Transaction, rule: EventRuleEntity): Promise<void> {
    await tx.repository(EventRuleEntity).insert(rule as never);
  }

  async find(db: Queryable, projectId: string, id: string): Promise<EventRuleEntity | undefined> {
    return (await db.repository(EventRuleEntity).findOneBy({ id, projectId })) ?? undefined;
  }

  /** As `find`, and keeps others from changing it until the transaction ends. */
  async lock(tx: Transaction, projectId: string, id: string): Promise<EventRuleEntity | undefined> {
    const lock = { mode: 'pessimistic_write' } as const;
    return (await tx.repository(EventRuleEntity).findOne({ where: { id, projectId }, lock })) ?? undefined;
  }

  /** Oldest first. */
  list(db: Queryable, projectId: string, { limit, after }: Listing): Promise<EventRuleEntity[]> {
    return db.repository(EventRuleEntity).find({
      where: { projectId, ...(after === undefined ? {} : { id: MoreThan(after) }) },
      order: { id: 'ASC' },
      ...(limit === undefined ? {} : { take: limit + 1 }),
    });
  }

  /** Those of a project that are enabled. */
  enabled(db: Queryable, projectId: string): Promise<EventRuleEntity[]> {
    return db
      .repository(EventRuleEntity)
      .find({ where: { projectId, isEnabled: true }, order: { id: 'ASC' } });
  }

  /** Those of these that are there and enabled still, locked in one order until the transaction ends. */
  async lockAll(tx: Transaction, ids: readonly string[]): Promise<EventRuleEntity[]> {
    return tx.repository(EventRuleEntity).find({
      where: { id: In([...ids]), isEnabled: true },
      order: { id: 'ASC' },
      lock: { mode: 'pessimistic_write' },
    });
  }

  async edit(tx: Transaction, id: string, edit: EventRuleEdit): Promise<void> {
    await tx.repository(EventRuleEntity).update({ id }, edit as never);
  }

  async remove(tx: Transaction, id: string): Promise<void> {
    await tx.repository(EventRuleEntity).delete({ id });
  }

  async removeOf(tx: Transaction, projectIds: readonly string[]): Promise<void> {
    await tx.repository(EventRuleEntity).delete({ projectId: In([...projectIds]) });
  }

  /** The registered clusters that are meant by each of these ids and names; one that is only a name is absent. */
  async clusters(
    db: Queryable,
    projectId: string,
    names: readonly string[],
  ): Promise<ReadonlyMap<string, NamedCluster>> {
    const rows = await db.query<NamedCluster>(
      `SELECT id, name FROM clusters
       WHERE project_id = $1 AND deleted_at IS NULL AND (id = ANY($2) OR name = ANY($2)) ORDER BY id DESC`,
      [projectId, names],
    );
    // An id comes before a name; of clusters with one name the first counts, as for where lines are stored.
    const byName = rows.map((row) => [row.name, row] as const);
    return new Map([...byName, ...rows.map((row) => [row.id, row] as const)]);
  }
}
