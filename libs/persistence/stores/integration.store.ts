import { MoreThan } from 'typeorm';
import type { Queryable, Transaction } from '../database.js';
import { IntegrationEntity } from '../entities/index.js';
import type { Listing } from './listing.js';

/** What an edit of an integration may write. */
export type IntegrationEdit = Partial<
  Pick<
    IntegrationEntity,
    'description' | 'source' | 'config' | 'secrets' | 'display' | 'settings' | 'updatedAt'
  >
>;

/** Integrations; deleted ones stay as tombstones. */
export class IntegrationStore {
  async insert(tx: Transaction, integration: Partial<IntegrationEntity>): Promise<void> {
    await tx.repository(IntegrationEntity).insert(integration as never);
  }

  /** Finds tombstones too. */
  async find(db: Queryable, projectId: string, id: string): Promise<IntegrationEntity | undefined> {
    return (await db.repository(IntegrationEntity).findOneBy({ id, projectId })) ?? undefined;
  }

  /** As `find`, and keeps others from changing it until the transaction ends. */
  async lock(tx: Transaction, projectId: string, id: string): Promise<IntegrationEntity | undefined> {
    const found = await tx.repository(IntegrationEntity).findOne({
      where: { id, projectId },
      lock: { mode: 'pessimistic_write' },
    });
    return found ?? undefined;
  }

  /** Without tombstones, in the order of ids. */
  list(db: Queryable, projectId: string, { limit, after }: Listing): Promise<IntegrationEntity[]> {
    return db.repository(IntegrationEntity).find({
      where: { projectId, status: 'active', ...(after === undefined ? {} : { id: MoreThan(after) }) },
      order: { id: 'ASC' },
      ...(limit === undefined ? {} : { take: limit + 1 }),
    });
  }

  /** With other credentials it is somebody else to its sink: that the sink asked to be left alone holds no longer. */
  async edit(tx: Transaction, id: string, edit: IntegrationEdit): Promise<void> {
    const lifted = edit.secrets === undefined ? {} : { throttledUntil: null };
    await tx.repository(IntegrationEntity).update({ id }, { ...edit, ...lifted } as never);
  }

  /**
   * Makes a tombstone of it. Its sealed secrets are replaced by `sealedNothing`: nobody needs them any more.
   */
  async markDeleted(tx: Transaction, id: string, now: Date, sealedNothing: string): Promise<void> {
    await tx
      .repository(IntegrationEntity)
      .update({ id }, { status: 'deleted', updatedAt: now, secrets: sealedNothing });
  }

  /** Ids of the integrations of these projects that are not deleted; locked until the transaction ends. */
  async lockActiveOf(tx: Transaction, projectIds: readonly string[]): Promise<string[]> {
    const rows = await tx.query<{ id: string }>(
      `SELECT id FROM integrations WHERE project_id = ANY($1) AND status = 'active' ORDER BY id FOR UPDATE`,
      [projectIds],
    );
    return rows.map(({ id }) => id);
  }
}
