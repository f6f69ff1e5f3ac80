import { IsNull } from 'typeorm';
import type { Transaction } from '../database.js';
import { IssueEntity } from '../entities/index.js';

/** Who has said that they have seen an issue. */
export class AcknowledgementStore {
  /** The issue, which nobody else changes until the transaction ends; undefined when it is not of this project. */
  async lock(tx: Transaction, projectId: string, id: string): Promise<IssueEntity | undefined> {
    const rows = await tx.query('SELECT 1 FROM issues WHERE id = $1 AND project_id = $2 FOR NO KEY UPDATE', [
      id,
      projectId,
    ]);
    if (rows.length === 0) return undefined;
    return (await tx.repository(IssueEntity).findOneBy({ id })) ?? undefined;
  }

  /** Unless somebody did before. */
  async acknowledge(tx: Transaction, id: string, who: string, now: Date): Promise<void> {
    const change = { acknowledgedAt: now, acknowledgedBy: who };
    await tx.repository(IssueEntity).update({ id, acknowledgedAt: IsNull() }, change);
  }

  async withdraw(tx: Transaction, id: string): Promise<void> {
    await tx.repository(IssueEntity).update({ id }, { acknowledgedAt: null, acknowledgedBy: null });
  }
}
