import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, conflict, notFound, type Clock } from '../domain/index.js';
import { Audit, type Tenant } from '../identity/index.js';
import { AcknowledgementStore, Database, type IssueEntity, type Transaction } from '../persistence/index.js';

/** Lets people say that they have seen an open issue, and take that back. The first who says so stays named. */
@Injectable()
export class Acknowledgements {
  constructor(
    private readonly database: Database,
    private readonly store: AcknowledgementStore,
    private readonly audit: Audit,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Resolves with the issue as it is then. Throws a 409 when it is closed. */
  set(tenant: Tenant, id: string, who: string): Promise<IssueEntity> {
    return this.change(tenant, id, async (tx, issue) => {
      if (issue.acknowledgedAt !== null) return issue;
      const acknowledgedAt = this.clock.now();
      await this.store.acknowledge(tx, id, who, acknowledgedAt);
      await this.record(tx, tenant, issue, 'acknowledged', 'acknowledged');
      return { ...issue, acknowledgedAt, acknowledgedBy: who };
    });
  }

  /** As `set`. */
  withdraw(tenant: Tenant, id: string): Promise<IssueEntity> {
    return this.change(tenant, id, async (tx, issue) => {
      if (issue.acknowledgedAt === null) return issue;
      await this.store.withdraw(tx, id);
      await this.record(tx, tenant, issue, 'unacknowledged', 'not acknowledged any more');
      return { ...issue, acknowledgedAt: null, acknowledgedBy: null };
    });
  }

  private change(
    { projectId }: Tenant,
    id: string,
    work: (tx: Transaction, issue: IssueEntity) => Promise<IssueEntity>,
  ): Promise<IssueEntity> {
    return this.database.transaction(async (tx) => {
      const issue = await this.store.lock(tx, projectId, id);
      if (!issue) throw notFound('issue');
      if (issue.status === 'closed') throw conflict('The issue is closed: there is nothing to acknowledge.');
      return work(tx, issue);
    });
  }

  private record(
    tx: Transaction,
    { organizationId, projectId }: Tenant,
    { id, kind }: IssueEntity,
    what: 'acknowledged' | 'unacknowledged',
    how: string,
  ): Promise<void> {
    return this.audit.record(tx, {
      service: 'hub',
      action: `issue.${what}`,
      organizationId,
      projectId,
      resource: { issues: id },
      message: `Issue of ${kind} is ${how}`,
      changed: ['acknowledged'],
    });
  }
}
