import type { Queryable } from '../database.js';
import { AuditEntity } from '../entities/index.js';

export type AuditEntry = Omit<AuditEntity, 'seq'>;

/** Which part of the audit log is wanted, newest first. */
export interface AuditQuery {
  readonly before?: Date | undefined;
  readonly after?: Date | undefined;
  readonly limit: number;
}

/** The audit log. Rows are only ever added; the database sees to that. */
export class AuditStore {
  async add(db: Queryable, entry: AuditEntry): Promise<void> {
    await db.repository(AuditEntity).insert(entry);
  }
}
