import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { InTenant, Needs, PROJECT_PATH, type Tenant } from '../identity/index.js';
import { openPageQuery, type OpenPageQuery } from '../rest/index.js';
import { MesdbReader } from './mesdb-reader.js';

/** The clusters that are watched, in the shapes of Event Store Cloud. */
@ApiTags('mesdb')
@Controller(`mesdb/v1/${PROJECT_PATH}/clusters`)
export class MesdbController {
  constructor(private readonly reader: MesdbReader) {}

  @Needs('clusters.read')
  @Get()
  @ApiOperation({ summary: 'Clusters of a project, their health by their open issues' })
  list(@InTenant() tenant: Tenant, @Query({ schema: openPageQuery }) query: OpenPageQuery) {
    return this.reader.list(tenant, query);
  }

  @Needs('clusters.read')
  @Get(':clusterId')
  @ApiOperation({ summary: 'A cluster, its health by its open issues' })
  get(@InTenant() tenant: Tenant, @Param('clusterId') id: string) {
    return this.reader.get(tenant, id);
  }
}
