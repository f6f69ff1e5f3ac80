import type { Queryable } from '../database.js';
import { AuditEntity } from '../entities/index.js';

export type AuditEntry = Omit<AuditEntity, 'seq'>;

/** The last row of a page of the audit log. */
export interface AuditCursor {
  readonly time: Date;
  readonly seq: string;
}

/** Which part of the audit log is wanted, newest first: from `after` on, and until just before `before`. */
export interface AuditQuery {
  readonly before?: Date | undefined;
  readonly after?: Date | undefined;
  /** One row more is read: it tells that there is a next page. */
  readonly limit: number;
  readonly cursor?: AuditCursor | undefined;
}

/** Whose deeds are wanted, and in which organizations they may be shown: `undefined` for all of them. */
export interface AuditReader {
  readonly accountId: string;
  readonly isOperator: boolean;
  readonly hasMfa: boolean;
  readonly organizationId?: string | undefined;
}

const COLUMNS = `log.seq, log.time, log.organization_id AS "organizationId", log.project_id AS "projectId",
  log.account_id AS "accountId", log.who, log.token_id AS "tokenId", log.service, log.action, log.urn, log.message,
  log.changed, log.request_id AS "requestId", log.address`;

/** Parameters 2 to 6. */
const IN_PART = `($2::timestamptz IS NULL OR log.time < $2) AND ($3::timestamptz IS NULL OR log.time >= $3)
  AND ($4::timestamptz IS NULL OR (log.time, log.seq) < ($4, $5::bigint))`;
const NEWEST_FIRST = 'ORDER BY log.time DESC, log.seq DESC LIMIT $6';

const partOf = ({ before, after, cursor, limit }: AuditQuery) => [
  before ?? null,
  after ?? null,
  cursor?.time ?? null,
  cursor?.seq ?? '0',
  limit + 1,
];

/** The audit log. Rows are only ever added; the database sees to that. */
export class AuditStore {
  async add(db: Queryable, entry: AuditEntry): Promise<void> {
    await db.repository(AuditEntity).insert(entry);
  }

  /** What was done in an organization. */
  ofOrganization(db: Queryable, organizationId: string, query: AuditQuery): Promise<AuditEntity[]> {
    return this.select(db, 'log.organization_id = $1', [organizationId, ...partOf(query)]);
  }

  /** What was done anywhere, also in no organization. */
  all(db: Queryable, hasMfa: boolean, query: AuditQuery): Promise<AuditEntity[]> {
    return this.select(db, '($1 OR NOT organization.mfa_enabled IS TRUE)', [hasMfa, ...partOf(query)]);
  }

  /** What an account did, in no organization or in one that it may read now; an operator may also read deleted ones. */
  ofAccount(
    db: Queryable,
    { accountId, isOperator, hasMfa, organizationId }: AuditReader,
    query: AuditQuery,
  ): Promise<AuditEntity[]> {
    return this.select(
      db,
      `log.account_id = $1 AND ($7::text IS NULL OR log.organization_id = $7)
         AND ($9 OR NOT organization.mfa_enabled IS TRUE)
         AND ($8 OR log.organization_id IS NULL OR (organization.deleted_at IS NULL AND EXISTS (
           SELECT 1 FROM memberships membership
           WHERE membership.organization_id = organization.id AND membership.account_id = $1 AND membership.active)))`,
      [accountId, ...partOf(query), organizationId ?? null, isOperator, hasMfa],
    );
  }

  private select(db: Queryable, condition: string, parameters: readonly unknown[]): Promise<AuditEntity[]> {
    const sql = `SELECT ${COLUMNS} FROM audit_log log
      LEFT JOIN organizations organization ON organization.id = log.organization_id
      WHERE ${condition} AND ${IN_PART} ${NEWEST_FIRST}`;
    return db.query<AuditEntity>(sql, parameters);
  }
}
