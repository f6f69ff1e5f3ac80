import { Injectable } from '@nestjs/common';
import { badRequest } from '../domain/index.js';
import type { Tenant } from '../identity/index.js';
import { ClusterStore, Database } from '../persistence/index.js';
import { fieldProblems } from '../rest/index.js';
import type { CostProjection } from '../sinks/index.js';
import { definitionOf } from './integration-data.js';
import { readSettings } from './integration-settings.js';
import type { ProjectionBody } from './integration.schema.js';
import { requireKnownClusters } from './named-clusters.js';

/** Says what an integration is going to cost, before it is saved. */
@Injectable()
export class IntegrationProjection {
  constructor(
    private readonly database: Database,
    private readonly clusters: ClusterStore,
  ) {}

  /** Throws a 400 naming every member that does not fit; also for a sink that makes no custom metrics. */
  async of({ projectId }: Tenant, { data, settings: given }: ProjectionBody): Promise<CostProjection> {
    const definition = definitionOf(data);
    if (definition.delivers !== 'streams' || !definition.project)
      throw badRequest({ 'data.sink': `${definition.label} has no projection: it makes no custom metrics` });
    const config = definition.config.safeParse(data);
    if (!config.success) throw badRequest(fieldProblems(config.error.issues, ['data']));
    const settings = readSettings(definition, given ?? {}, ['settings']);
    await requireKnownClusters(this.database, this.clusters, projectId, config.data);
    const wanted = new Set(config.data['clusterIds'] as readonly string[]);
    const all = await this.clusters.list(this.database, projectId, { limit: undefined, after: undefined });
    const concerned = all.filter(({ cluster }) => wanted.size === 0 || wanted.has(cluster.id));
    const clusters = concerned.map(({ cluster, nodes }) => ({ name: cluster.name, nodes: nodes.length }));
    return definition.project(config.data, settings, clusters);
  }
}
