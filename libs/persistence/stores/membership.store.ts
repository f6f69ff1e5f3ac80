import type { Queryable, Transaction } from '../database.js';
import { MembershipEntity, type MemberRole } from '../entities/index.js';
import type { Listing } from './listing.js';

/** A member, and whose account that is. */
export interface Member {
  /** Of the account. */
  readonly id: string;
  readonly organizationId: string;
  /** Null for the built-in operator. */
  readonly email: string | null;
  readonly name: string;
  readonly role: MemberRole;
  readonly active: boolean;
  readonly createdAt: Date;
}

export type MemberChange = Partial<Pick<MembershipEntity, 'role' | 'active'>>;

const MEMBERS = `SELECT account.id, membership.organization_id AS "organizationId", account.email, account.name,
  membership.role, membership.active, membership.created_at AS "createdAt"
  FROM memberships membership JOIN accounts account ON account.id = membership.account_id`;

/** Who belongs to which organization, and as what. */
export class MembershipStore {
  async insert(tx: Transaction, membership: MembershipEntity): Promise<void> {
    await tx.repository(MembershipEntity).insert(membership);
  }

  /** In the order of ids, active or not. */
  list(db: Queryable, organizationId: string, { limit, after }: Listing): Promise<Member[]> {
    return db.query<Member>(
      `${MEMBERS} WHERE membership.organization_id = $1 AND ($2::text IS NULL OR account.id > $2)
       ORDER BY account.id LIMIT $3`,
      [organizationId, after ?? null, limit === undefined ? null : limit + 1],
    );
  }

  async find(db: Queryable, organizationId: string, accountId: string): Promise<Member | undefined> {
    const sql = `${MEMBERS} WHERE membership.organization_id = $1 AND account.id = $2`;
    return (await db.query<Member>(sql, [organizationId, accountId]))[0];
  }

  /** Whether somebody with this address is a member, active or not. */
  async hasEmail(db: Queryable, organizationId: string, email: string): Promise<boolean> {
    const sql = `${MEMBERS} WHERE membership.organization_id = $1 AND account.email = $2`;
    return (await db.query(sql, [organizationId, email])).length > 0;
  }

  /** Whether an organization has an owner who can act as one, beside this account. */
  async hasOtherOwner(db: Queryable, organizationId: string, accountId: string): Promise<boolean> {
    const rows = await db.query(
      `${MEMBERS} WHERE membership.organization_id = $1 AND membership.role = 'owner' AND membership.active
         AND account.active AND account.id <> $2 LIMIT 1`,
      [organizationId, accountId],
    );
    return rows.length > 0;
  }

  async change(
    tx: Transaction,
    organizationId: string,
    accountId: string,
    change: MemberChange,
  ): Promise<void> {
    await tx.repository(MembershipEntity).update({ organizationId, accountId }, change);
  }

  async remove(tx: Transaction, organizationId: string, accountId: string): Promise<void> {
    await tx.repository(MembershipEntity).delete({ organizationId, accountId });
  }

  async removeAll(tx: Transaction, organizationId: string): Promise<void> {
    await tx.repository(MembershipEntity).delete({ organizationId });
  }
}
