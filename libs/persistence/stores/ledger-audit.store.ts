import type { Queryable, Transaction } from '../database.js';
import { LedgerAuditEntity } from '../entities/index.js';

/** An integration whose ledger is to be audited. */
export interface LedgerToAudit {
  readonly integrationId: string;
  readonly projectId: string;
  readonly description: string;
  /** What the audit before found; true before the first. */
  readonly wasBalanced: boolean;
}

const TO_AUDIT = `SELECT integration.id AS "integrationId", integration.project_id AS "projectId",
    integration.description, COALESCE(audit.balanced, true) AS "wasBalanced"
  FROM integrations integration LEFT JOIN ledger_audits audit ON audit.integration_id = integration.id
  WHERE integration.status = 'active' AND (audit.audited_at IS NULL OR audit.audited_at <= $1)`;

/** When ledgers were audited, and what was found. */
export class LedgerAuditStore {
  /** Integrations, not deleted, whose last audit was then or earlier; those that wait the longest first. */
  due(db: Queryable, before: Date, limit: number): Promise<LedgerToAudit[]> {
    return db.query(`${TO_AUDIT} ORDER BY audit.audited_at NULLS FIRST, integration.id LIMIT $2`, [
      before,
      limit,
    ]);
  }

  /** One of those, if it still is, for whoever gets it first; until the transaction ends nobody else does. */
  async take(tx: Transaction, integrationId: string, before: Date): Promise<LedgerToAudit | undefined> {
    const [lock] = await tx.query<{ taken: boolean }>(
      `SELECT pg_try_advisory_xact_lock(hashtextextended('ledger.audit:' || $1, 0)) AS taken`,
      [integrationId],
    );
    if (!lock?.taken) return undefined;
    const rows = await tx.query<LedgerToAudit>(`${TO_AUDIT} AND integration.id = $2`, [
      before,
      integrationId,
    ]);
    return rows[0];
  }

  async keep(db: Queryable, audit: LedgerAuditEntity): Promise<void> {
    await db.repository(LedgerAuditEntity).upsert(audit, ['integrationId']);
  }

  /** Undefined before the first audit. */
  async last(db: Queryable, integrationId: string): Promise<LedgerAuditEntity | undefined> {
    return (await db.repository(LedgerAuditEntity).findOneBy({ integrationId })) ?? undefined;
  }

  /** Forgets audits of integrations that were deleted. */
  async forgetDeleted(db: Queryable): Promise<void> {
    await db.query(
      `DELETE FROM ledger_audits USING integrations integration
       WHERE integration.id = ledger_audits.integration_id AND integration.status = 'deleted'`,
    );
  }
}
