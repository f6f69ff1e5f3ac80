import { Injectable } from '@nestjs/common';
import { ROUNDS } from '../detection/index.js';
import { notFound } from '../domain/index.js';
import type { Tenant } from '../identity/index.js';
import { ClusterStore, Database, IssueReadStore, type ClusterRecord } from '../persistence/index.js';
import { openPage, type OpenPageQuery } from '../rest/index.js';
import { LastSeenService } from './last-seen.service.js';
import { mesdbView } from './mesdb-view.js';

/** Clusters as the clients of Event Store Cloud read them. However many there are, it takes the same few queries. */
@Injectable()
export class MesdbReader {
  constructor(
    private readonly database: Database,
    private readonly store: ClusterStore,
    private readonly issues: IssueReadStore,
    private readonly lastSeen: LastSeenService,
  ) {}

  async list({ organizationId, projectId }: Tenant, query: OpenPageQuery) {
    const records = await this.store.list(this.database, projectId, query);
    const { items, ...rest } = openPage(
      records.map((record) => ({ id: record.cluster.id, record })),
      query,
    );
    return {
      clusters: await this.show(
        organizationId,
        items.map(({ record }) => record),
      ),
      ...rest,
    };
  }

  /** Throws 404 when it is not of this project. */
  async get({ organizationId, projectId }: Tenant, id: string) {
    const record = await this.store.find(this.database, projectId, id);
    const [cluster] = record ? await this.show(organizationId, [record]) : [];
    if (!cluster) throw notFound('cluster');
    return { cluster };
  }

  private async show(organizationId: string, records: readonly ClusterRecord[]) {
    const ids = records.map(({ cluster }) => cluster.id);
    const [seen, conditions] = await Promise.all([
      this.lastSeen.briefly(ids, ROUNDS),
      this.issues.openConditions(this.database, ids),
    ]);
    const open = Map.groupBy(conditions, ({ clusterId }) => clusterId);
    return records.map((record) =>
      mesdbView({
        organizationId,
        record,
        seen: seen.get(record.cluster.id)!,
        open: open.get(record.cluster.id) ?? [],
      }),
    );
  }
}
