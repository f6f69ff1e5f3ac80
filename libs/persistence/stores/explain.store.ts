import { In } from 'typeorm';
import type { Queryable } from '../database.js';
import { AttemptEntity, DeliveryEntity } from '../entities/index.js';

/** What is looked at to say why something went out, or did not. */
export class ExplainStore {
  /** What these integrations owe for an issue, by integration. */
  async deliveries(
    db: Queryable,
    issueId: string,
    integrationIds: readonly string[],
  ): Promise<ReadonlyMap<string, DeliveryEntity>> {
    const rows = await db.repository(DeliveryEntity).findBy({
      integrationId: In([...integrationIds]),
      subjectType: 'issue',
      subjectId: issueId,
    });
    return new Map(rows.map((row) => [row.integrationId, row]));
  }

  /** The last attempts of each delivery, oldest first, and how many there are in all. */
  async attempts(
    db: Queryable,
    deliveryIds: readonly string[],
    most: number,
  ): Promise<ReadonlyMap<string, { last: AttemptEntity[]; total: number }>> {
    const found = await Promise.all(
      deliveryIds.map(async (deliveryId) => {
        const [rows, total] = await db.repository(AttemptEntity).findAndCount({
          where: { deliveryId },
          order: { startedAt: 'DESC', id: 'DESC' },
          take: most,
        });
        return [deliveryId, { last: rows.toReversed(), total }] as const;
      }),
    );
    return new Map(found);
  }
}
