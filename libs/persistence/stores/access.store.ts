import type { Database } from '../database.js';
import type { MemberRole } from '../entities/index.js';

/** Who an account is, and what it is in the place that a request goes to; read afresh for every request. */
export interface Standing {
  readonly accountId: string;
  readonly email: string | null;
  readonly name: string;
  readonly isOperator: boolean;
  /** Whether the token was got with a second factor; false without a token. */
  readonly tokenMfa: boolean;
  /** Whether the organization is there. */
  readonly hasOrganization: boolean;
  readonly requiresMfa: boolean;
  /** Whether the project is there and of that organization. */
  readonly hasProject: boolean;
  /** Whether it is, or was before it was deleted. */
  readonly hadProject: boolean;
  /** Null for whoever is no active member. */
  readonly role: MemberRole | null;
}

export interface IngestStanding {
  readonly tokenId: string;
  readonly label: string;
  readonly projectId: string;
  readonly organizationId: string;
}

/** The one query that decides what a request may do. */
export class AccessStore {
  /**
   * Undefined when the account is unknown or inactive, or its token was revoked. `tokenId` is null for callers who have
   * no token of ours (an external issuer's).
   */
  async standing(
    db: Database,
    accountId: string,
    tokenId: string | null,
    place: { readonly organizationId?: string | undefined; readonly projectId?: string | undefined },
  ): Promise<Standing | undefined> {
    const rows = await db.prepared<Standing>(
      'access.standing',
      `SELECT account.id AS "accountId", account.email, account.name, account.is_operator AS "isOperator",
              COALESCE(token.mfa, false) AS "tokenMfa", organization.id IS NOT NULL AS "hasOrganization",
              COALESCE(organization.mfa_enabled, false) AS "requiresMfa", project.id IS NOT NULL AS "hadProject",
              project.id IS NOT NULL AND project.deleted_at IS NULL AS "hasProject", membership.role
       FROM accounts account
       LEFT JOIN refresh_tokens token ON token.id = $2 AND token.account_id = account.id AND token.revoked_at IS NULL
       LEFT JOIN organizations organization ON organization.id = $3 AND organization.deleted_at IS NULL
       LEFT JOIN projects project
         ON project.id = $4 AND project.organization_id = organization.id
       LEFT JOIN memberships membership
         ON membership.organization_id = organization.id AND membership.account_id = account.id AND membership.active
       WHERE account.id = $1 AND account.active AND ($2::text IS NULL OR token.id IS NOT NULL)`,
      [accountId, tokenId, place.organizationId ?? null, place.projectId ?? null],
    );
    return rows[0];
  }

  /** Undefined when the token is unknown or revoked, or its project is gone. Notes the use, to the minute. */
  async ingestStanding(db: Database, tokenHash: string, now: Date): Promise<IngestStanding | undefined> {
    const rows = await db.prepared<IngestStanding & { isNoted: boolean }>(
      'access.ingest_standing',
      `SELECT token.id AS "tokenId", token.label, project.id AS "projectId",
              project.organization_id AS "organizationId",
              COALESCE(token.last_used_at > $2::timestamptz - interval '1 minute', false) AS "isNoted"
       FROM ingest_tokens token
       JOIN projects project ON project.id = token.project_id AND project.deleted_at IS NULL
       JOIN organizations organization ON organization.id = project.organization_id AND organization.deleted_at IS NULL
       WHERE token.token_hash = $1 AND token.revoked_at IS NULL`,
      [tokenHash, now],
    );
    const found = rows[0];
    if (!found) return undefined;
    const { isNoted, ...standing } = found;
    if (!isNoted)
      await db.query(
        `UPDATE ingest_tokens SET last_used_at = $2
         WHERE id = $1 AND (last_used_at > $2::timestamptz - interval '1 minute') IS NOT TRUE`,
        [standing.tokenId, now],
      );
    return standing;
  }
}
