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
    change: Partial<Pick<InviteEntity, 'codeHash' | 'expiresAt' | 'invitedBy' | 'revokedAt'>>,
  ): Promise<void> {
    await tx.repository(InviteEntity).update({ id }, change);
  }

  /** Marks an invite accepted. Resolves with whether it was still there to be accepted. */
  async accept(tx: Transaction, id: string, now: Date): Promise<boolean> {
    const pending = { id, acceptedAt: IsNull(), revokedAt: IsNull() };
    const { affected } = await tx.repository(InviteEntity).update(pending, { acceptedAt: now });
    return affected === 1;
  }

  /** Revokes what nobody has accepted yet of the codes that an account made: in one organization, or in all. Resolves with how many. */
  async revokeMadeBy(
    tx: Transaction,
    accountId: string,
    now: Date,
    organizationId?: string,
  ): Promise<number> {
    const place = organizationId === undefined ? {} : { organizationId };
    const pending = { invitedBy: accountId, acceptedAt: IsNull(), revokedAt: IsNull(), ...place };
    const { affected } = await tx.repository(InviteEntity).update(pending, { revokedAt: now });
    return affected ?? 0;
  }

  /** Revokes what nobody has accepted yet. */
  async revokeAll(tx: Transaction, organizationId: string, now: Date): Promise<void> {
    const pending = { organizationId, acceptedAt: IsNull(), revokedAt: IsNull() };
    await tx.repository(InviteEntity).update(pending, { revokedAt: now });
  }
}
