import { IsNull, MoreThan } from 'typeorm';
import type { Queryable, Transaction } from '../database.js';
import { ProjectEntity } from '../entities/index.js';
import type { Listing } from './listing.js';

/** Projects that are not deleted. */
export class ProjectStore {
  async insert(db: Queryable, project: ProjectEntity): Promise<void> {
    await db.repository(ProjectEntity).insert(project);
  }

  /** The project, if it is there and of this organization. */
  async find(db: Queryable, organizationId: string, id: string): Promise<ProjectEntity | undefined> {
    return (
      (await db.repository(ProjectEntity).findOneBy({ id, organizationId, deletedAt: IsNull() })) ?? undefined
    );
  }

  list(db: Queryable, organizationId: string, { limit, after }: Listing): Promise<ProjectEntity[]> {
    return db.repository(ProjectEntity).find({
      where: { organizationId, deletedAt: IsNull(), ...(after === undefined ? {} : { id: MoreThan(after) }) },
      order: { id: 'ASC' },
      ...(limit === undefined ? {} : { take: limit + 1 }),
    });
  }

  /**
   * Keeps it from being deleted until the transaction ends, so that nothing is added to a project that is going.
   * Resolves with whether it is there.
   */
  async lock(tx: Transaction, id: string): Promise<boolean> {
    const rows = await tx.query('SELECT 1 FROM projects WHERE id = $1 AND deleted_at IS NULL FOR SHARE', [
      id,
    ]);
    return rows.length > 0;
  }

  /** Resolves with whether it is there. */
  async rename(db: Queryable, id: string, name: string): Promise<boolean> {
    const result = await db.repository(ProjectEntity).update({ id, deletedAt: IsNull() }, { name });
    return (result.affected ?? 0) > 0;
  }

  /** Resolves with whether it was there. */
  async markDeleted(tx: Transaction, id: string, now: Date): Promise<boolean> {
    const rows = await tx.query(
      'UPDATE projects SET deleted_at = $2 WHERE id = $1 AND deleted_at IS NULL RETURNING id',
      [id, now],
    );
    return rows.length > 0;
  }

  /** Marks all projects of an organization; resolves with the ids of those that were there. */
  async markDeletedOf(tx: Transaction, organizationId: string, now: Date): Promise<string[]> {
    const rows = await tx.query<{ id: string }>(
      'UPDATE projects SET deleted_at = $2 WHERE organization_id = $1 AND deleted_at IS NULL RETURNING id',
      [organizationId, now],
    );
    return rows.map(({ id }) => id);
  }
}
