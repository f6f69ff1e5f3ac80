import { IsNull } from 'typeorm';
import type { Queryable, Transaction } from '../database.js';
import { OrganizationEntity } from '../entities/index.js';
import type { Listing } from './listing.js';

/** What may be changed of an organization. */
export type OrganizationChange = Partial<Pick<OrganizationEntity, 'name' | 'mfaEnabled' | 'inviteDomain'>>;

/** Organizations that are not deleted. */
export class OrganizationStore {
  async insert(db: Queryable, organization: OrganizationEntity): Promise<void> {
    await db.repository(OrganizationEntity).insert(organization);
  }

  async find(db: Queryable, id: string): Promise<OrganizationEntity | undefined> {
    return (await db.repository(OrganizationEntity).findOneBy({ id, deletedAt: IsNull() })) ?? undefined;
  }

  /** In the order of ids: all of them, or those that `memberId` is an active member of. */
  list(db: Queryable, { limit, after }: Listing, memberId?: string): Promise<OrganizationEntity[]> {
    const query = db
      .repository(OrganizationEntity)
      .createQueryBuilder('organization')
      .where('organization.deleted_at IS NULL')
      .orderBy('organization.id', 'ASC');
    if (after !== undefined) query.andWhere('organization.id > :after', { after });
    if (limit !== undefined) query.take(limit + 1);
    if (memberId !== undefined) {
      query.andWhere(
        `EXISTS (SELECT 1 FROM memberships WHERE organization_id = organization.id AND account_id = :memberId AND active)`,
        { memberId },
      );
    }
    return query.getMany();
  }

  /** Keeps it from being deleted until the transaction ends. Resolves with whether it is there. */
  async lock(tx: Transaction, id: string): Promise<boolean> {
    const rows = await tx.query(
      'SELECT 1 FROM organizations WHERE id = $1 AND deleted_at IS NULL FOR SHARE',
      [id],
    );
    return rows.length > 0;
  }

  /**
   * The organization, of which nobody else changes members or invites until the transaction ends: whoever does takes
   * this lock first. Undefined when it is not there.
   */
  async lockMembers(tx: Transaction, id: string): Promise<OrganizationEntity | undefined> {
    const sql = 'SELECT 1 FROM organizations WHERE id = $1 AND deleted_at IS NULL FOR NO KEY UPDATE';
    return (await tx.query(sql, [id])).length > 0 ? this.find(tx, id) : undefined;
  }

  /** Resolves with whether it is there. */
  async change(db: Queryable, id: string, change: OrganizationChange): Promise<boolean> {
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
