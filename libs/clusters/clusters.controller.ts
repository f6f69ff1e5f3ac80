import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Inject,
  Param,
  Patch,
  Post,
  Put,
  Query,
} from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { notFound } from '../domain/index.js';
import { InTenant, PROJECT_PATH, SecretBox, type Tenant } from '../identity/index.js';
import { LOGGER, type Logger } from '../observability/index.js';
import { ClusterStore, Database, type ClusterRecord } from '../persistence/index.js';
import { pageOf, pageQuery, type PageQuery } from '../rest/index.js';
import { openCredentials } from './cluster-credentials.js';
import {
  registration,
  registrationChange,
  type Registration,
  type RegistrationChange,
} from './cluster.schema.js';
import { ClustersService } from './clusters.service.js';

/** Clusters of a project. The password of their credentials is never in an answer. */
@ApiTags('clusters')
@Controller(`hub/v1/${PROJECT_PATH}/clusters`)
export class ClustersController {
  constructor(
    private readonly clusters: ClustersService,
    private readonly store: ClusterStore,
    private readonly database: Database,
    private readonly secretBox: SecretBox,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  @Post()
  @ApiOperation({ summary: 'Registers a cluster to be watched' })
  async register(@InTenant() { projectId }: Tenant, @Body({ schema: registration }) body: Registration) {
    return { id: await this.clusters.register(projectId, body) };
  }

  @Get()
  @ApiOperation({ summary: 'Clusters of a project' })
  async list(@InTenant() { projectId }: Tenant, @Query({ schema: pageQuery }) query: PageQuery) {
    const records = await this.store.list(this.database, projectId, query);
    const { items, next } = pageOf(records, query.limit, ({ cluster }) => cluster.id);
    return { clusters: items.map((record) => this.shown(record)), next };
  }

  @Get(':clusterId')
  @ApiOperation({ summary: 'A cluster, with what was last seen of its nodes' })
  async get(@InTenant() { projectId }: Tenant, @Param('clusterId') id: string) {
    const record = await this.store.find(this.database, projectId, id);
    if (!record) throw notFound('cluster');
    return this.shown(record);
  }

  @Put(':clusterId')
  @ApiOperation({ summary: 'Changes what is given and leaves the rest, as PATCH does' })
  replace(
    @InTenant() tenant: Tenant,
    @Param('clusterId') id: string,
    @Body({ schema: registrationChange }) body: RegistrationChange,
  ) {
    return this.change(tenant, id, body);
  }

  @Patch(':clusterId')
  @ApiOperation({ summary: 'Changes what is given and leaves the rest' })
  async change(
    @InTenant() { projectId }: Tenant,
    @Param('clusterId') id: string,
    @Body({ schema: registrationChange }) body: RegistrationChange,
  ) {
    return this.shown(await this.clusters.change(projectId, id, body));
  }

  @Delete(':clusterId')
  @HttpCode(204)
  @ApiOperation({ summary: 'Removes a cluster' })
  async remove(@InTenant() { projectId }: Tenant, @Param('clusterId') id: string) {
    await this.clusters.remove(projectId, id);
  }

  private shown({ cluster, nodes }: ClusterRecord) {
    const { id, name, tls, credentials, createdAt, updatedAt } = cluster;
    return {
      id,
      name,
      nodes: nodes.map((node) => ({
        id: node.id,
        address: node.address,
        cores: node.cores,
        observations: node.observations,
      })),
      tls,
      credentials: credentials === null ? null : { username: this.usernameOf(id, credentials), set: true },
      createdAt: createdAt.toISOString(),
      updatedAt: updatedAt.toISOString(),
    };
  }

  /** Null when the credentials cannot be opened: the rest of the cluster is worth showing all the same. */
  private usernameOf(clusterId: string, sealed: string): string | null {
    try {
      return openCredentials(this.secretBox, clusterId, sealed).username;
    } catch {
      this.logger.error(
        { event: 'cluster.credentials_unreadable', clusterId },
        'credentials cannot be opened',
      );
      return null;
    }
  }
}
