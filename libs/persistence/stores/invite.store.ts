import { IsNull, MoreThan } from 'typeorm';
import type { Queryable, Transaction } from '../database.js';
import { InviteEntity } from '../entities/index.js';
import type { Listing } from './listing.js';

/** Invites that are not revoked. Whoever changes one holds the lock of its organization. */
export class InviteStore {
  async insert(tx: Transaction, invite: InviteEntity): Promise<void> {
    await tx.repository(InviteEntity).insert(invite);
  }

  /** In the order of ids: accepted and expired ones, too. */
  list(db: Queryable, organizationId: string, { limit, after }: Listing): Promise<InviteEntity[]> {
    return db.repository(InviteEntity).find({
      where: {
        organizationId,
        revokedAt: IsNull(),
        ...(after === undefined ? {} : { id: MoreThan(after) }),
      },
      order: { id: 'ASC' },
      ...(limit === undefined ? {} : { take: limit + 1 }),
    });
  }

  async find(db: Queryable, organizationId: string, id: string): Promise<InviteEntity | undefined> {
    const where = { id, organizationId, revokedAt: IsNull() };
    return (await db.repository(InviteEntity).findOneBy(where)) ?? undefined;
  }

  /** The invites to this address that nobody has accepted yet, also when they are expired. */
  pendingOf(db: Queryable, organizationId: string, email: string): Promise<InviteEntity[]> {
    return db
      .repository(InviteEntity)
      .findBy({ organizationId, email, acceptedAt: IsNull(), revokedAt: IsNull() });
  }

  async findByCode(db: Queryable, codeHash: string): Promise<InviteEntity | undefined> {
    return (await db.repository(InviteEntity).findOneBy({ codeHash, revokedAt: IsNull() })) ?? undefined;
  }

  async change(
    tx: Transaction,
    id: string,
    change: Partial<Pick<InviteEntity, 'codeHash' | 'expiresAt' | 'acceptedAt' | 'revokedAt'>>,
  ): Promise<void> {
    await tx.repository(InviteEntity).update({ id }, change);
  }

  /** Revokes what nobody has accepted yet. */
  async revokeAll(tx: Transaction, organizationId: string, now: Date): Promise<void> {
    const pending = { organizationId, acceptedAt: IsNull(), revokedAt: IsNull() };
    await tx.repository(InviteEntity).update(pending, { revokedAt: now });
  }
}
