import { IsNull, MoreThan } from 'typeorm';
import type { Queryable, Transaction } from '../database.js';
import { IngestTokenEntity } from '../entities/index.js';
import type { Listing } from './listing.js';

/** Of whoever adds tokens to a project. Spells "INGT". */
const ADDING_LOCK = 0x494e4754;

export type NewIngestToken = Omit<IngestTokenEntity, 'lastUsedAt' | 'revokedAt'>;

/** Ingest tokens of projects by the hash of their text; the text itself is never here. */
export class IngestTokenStore {
  /** How many a project has that are not revoked; nobody else adds one until the transaction ends. */
  async countAlone(tx: Transaction, projectId: string): Promise<number> {
    await tx.query('SELECT pg_advisory_xact_lock($1, hashtext($2))', [ADDING_LOCK, projectId]);
    return tx.repository(IngestTokenEntity).countBy({ projectId, revokedAt: IsNull() });
  }

  async insert(db: Queryable, token: NewIngestToken): Promise<void> {
    await db.repository(IngestTokenEntity).insert({ ...token, lastUsedAt: null, revokedAt: null });
  }

  /** Those of a project that are not revoked, by id. */
  list(db: Queryable, projectId: string, { limit, after }: Listing): Promise<IngestTokenEntity[]> {
    return db.repository(IngestTokenEntity).find({
      where: { projectId, revokedAt: IsNull(), ...(after === undefined ? {} : { id: MoreThan(after) }) },
      order: { id: 'ASC' },
      ...(limit === undefined ? {} : { take: limit + 1 }),
    });
  }

  /** Resolves with the label of the token; undefined when the project has no such token, or none any more. */
  async revoke(tx: Transaction, projectId: string, id: string, now: Date): Promise<string | undefined> {
    const rows = await tx.query<{ label: string }>(
      `UPDATE ingest_tokens SET revoked_at = $3
       WHERE id = $2 AND project_id = $1 AND revoked_at IS NULL RETURNING label`,
      [projectId, id, now],
    );
    return rows[0]?.label;
  }
}
