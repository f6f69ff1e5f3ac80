import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Put, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { InTenant, Needs, PROJECT_PATH, type Tenant } from '../identity/index.js';
import { pageQuery, type PageQuery } from '../rest/index.js';
import { ClusterReader } from './cluster-reader.js';
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
    private readonly reader: ClusterReader,
  ) {}

  @Needs('clusters.manage')
  @Post()
  @ApiOperation({ summary: 'Registers a cluster to be watched' })
  async register(@InTenant() tenant: Tenant, @Body({ schema: registration }) body: Registration) {
    return { id: await this.clusters.register(tenant, body) };
  }

  @Needs('clusters.read')
  @Get()
  @ApiOperation({ summary: 'Clusters of a project, with the addresses and roles of their nodes' })
  list(@InTenant() { projectId }: Tenant, @Query({ schema: pageQuery }) query: PageQuery) {
    return this.reader.list(projectId, query);
  }

  @Needs('clusters.read')
  @Get(':clusterId')
  @ApiOperation({
    summary: 'A cluster: its nodes with their figures, and which detectors watch it',
    description:
      'Per node: role, whether Spillway reaches it (`reachability`) and whether its peers do (`seenByPeers`), and figures ' +
      'with their age. Per detector: `on`, `off` or `blind` (`partly`: on at some nodes) with the reason, and its settings with what is overridden.',
  })
  get(@InTenant() { projectId }: Tenant, @Param('clusterId') id: string) {
    return this.reader.get(projectId, id);
  }

  @Needs('clusters.manage')
  @Put(':clusterId')
  @ApiOperation({ summary: 'Changes what is given and leaves the rest, as PATCH does' })
  replace(
    @InTenant() tenant: Tenant,
    @Param('clusterId') id: string,
    @Body({ schema: registrationChange }) body: RegistrationChange,
  ) {
    return this.change(tenant, id, body);
  }

  @Needs('clusters.manage')
  @Patch(':clusterId')
  @ApiOperation({
    summary: 'Changes what is given and leaves the rest',
    description:
      'In `detection` a member that is null goes back to what the hub has, a kind that is null with all its members, ' +
      'and null as a whole takes back every override.',
  })
  async change(
    @InTenant() tenant: Tenant,
    @Param('clusterId') id: string,
    @Body({ schema: registrationChange }) body: RegistrationChange,
  ) {
    return this.reader.show(await this.clusters.change(tenant, id, body));
  }

  @Needs('clusters.manage')
  @Delete(':clusterId')
  @HttpCode(204)
  @ApiOperation({ summary: 'Removes a cluster' })
  async remove(@InTenant() tenant: Tenant, @Param('clusterId') id: string) {
    await this.clusters.remove(tenant, id);
  }
}
