import { IsNull, MoreThan } from 'typeorm';
import type { Queryable, Transaction } from '../database.js';
import { OrganizationEntity } from '../entities/index.js';
import type { Listing } from './listing.js';

/** Organizations that are not deleted. */
export class OrganizationStore {
  async insert(db: Queryable, organization: OrganizationEntity): Promise<void> {
    await db.repository(OrganizationEntity).insert(organization);
  }

  async find(db: Queryable, id: string): Promise<OrganizationEntity | undefined> {
    return (await db.repository(OrganizationEntity).findOneBy({ id, deletedAt: IsNull() })) ?? undefined;
  }

  list(db: Queryable, { limit, after }: Listing): Promise<OrganizationEntity[]> {
    return db.repository(OrganizationEntity).find({
      where: { deletedAt: IsNull(), ...(after === undefined ? {} : { id: MoreThan(after) }) },
      order: { id: 'ASC' },
      ...(limit === undefined ? {} : { take: limit + 1 }),
    });
  }

  /** Keeps it from being deleted until the transaction ends. Resolves with whether it is there. */
  async lock(tx: Transaction, id: string): Promise<boolean> {
    const rows = await tx.query(
      'SELECT 1 FROM organizations WHERE id = $1 AND deleted_at IS NULL FOR SHARE',
      [id],
    );
    return rows.length > 0;
  }

  /** Resolves with whether it is there. */
  async change(db: Queryable, id: string, change: { name?: string; mfaEnabled?: boolean }): Promise<boolean> {
    const result = await db.repository(OrganizationEntity).update({ id, deletedAt: IsNull() }, change);
    return (result.affected ?? 0) > 0;
  }

  /** Resolves with whether it was there. */
  async markDeleted(tx: Transaction, id: string, now: Date): Promise<boolean> {
    const rows = await tx.query(
      'UPDATE organizations SET deleted_at = $2 WHERE id = $1 AND deleted_at IS NULL RETURNING id',
      [id, now],
    );
    return rows.length > 0;
  }
}
