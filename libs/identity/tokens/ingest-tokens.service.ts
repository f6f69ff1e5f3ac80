import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, conflict, newId, notFound, type Clock } from '../../domain/index.js';
import {
  Database,
  IngestTokenStore,
  ProjectStore,
  type IngestTokenEntity,
  type Listing,
} from '../../persistence/index.js';
import { Audit } from '../audit/audit.js';
import type { Tenant } from '../tenant.js';
import { hashOfToken, INGEST_TOKEN_PREFIX, newTokenText } from './token-text.js';

/** Far more than a project has programs that write into it. */
const MAX_INGEST_TOKENS = 100;

/** Tokens that let a program write facts into one project and do nothing else. */
@Injectable()
export class IngestTokens {
  private readonly store = new IngestTokenStore();

  constructor(
    private readonly database: Database,
    private readonly projects: ProjectStore,
    private readonly audit: Audit,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  list({ projectId }: Tenant, listing: Listing): Promise<IngestTokenEntity[]> {
    return this.store.list(this.database, projectId, listing);
  }

  /** Throws a 409 for the hundred and first of a project. */
  create(tenant: Tenant, label: string): Promise<{ id: string; token: string }> {
    const { projectId } = tenant;
    const createdAt = this.clock.now();
    const id = newId(createdAt);
    const token = newTokenText(INGEST_TOKEN_PREFIX);
    return this.database.transaction(async (tx) => {
      if (!(await this.projects.lock(tx, projectId))) throw notFound('project');
      if ((await this.store.countAlone(tx, projectId)) >= MAX_INGEST_TOKENS)
        throw conflict(`This project has ${MAX_INGEST_TOKENS} ingest tokens: revoke one first.`);
      await this.store.insert(tx, { id, projectId, label, tokenHash: hashOfToken(token), createdAt });
      await this.audit.record(tx, {
        ...tenant,
        service: 'hub',
        action: 'ingest-token.created',
        resource: { 'ingest-tokens': id },
        message: `Ingest token "${label}" was created`,
      });
      return { id, token };
    });
  }

  /** Ends it at once. */
  revoke(tenant: Tenant, id: string): Promise<void> {
    return this.database.transaction(async (tx) => {
      const label = await this.store.revoke(tx, tenant.projectId, id, this.clock.now());
      if (label === undefined) throw notFound('ingest token');
      await this.audit.record(tx, {
        ...tenant,
        service: 'hub',
        action: 'ingest-token.revoked',
        resource: { 'ingest-tokens': id },
        message: `Ingest token "${label}" was revoked`,
      });
    });
  }
}
