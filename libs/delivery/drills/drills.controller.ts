import { Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  CalledBy,
  InTenant,
  Needs,
  PROJECT_PATH,
  type AccountCaller,
  type Tenant,
} from '../../identity/index.js';
import { pageOf, pageQuery, type PageQuery } from '../../rest/index.js';
import { drillView } from './drill-view.js';
import { Drills } from './drills.js';

/** Fire drills: whether what an integration is for would arrive, and how fast. */
@ApiTags('integrations')
@Controller(`hub/v1/${PROJECT_PATH}/integrations/:integrationId`)
export class DrillsController {
  constructor(private readonly drills: Drills) {}

  @Needs('integrations.manage')
  @Post('drill')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Starts a fire drill; `Location` says where its result will be',
    description:
      'A synthetic issue, clearly marked, is opened, updated and closed through this integration; a notification is sent. One that fails makes the integration failing.',
  })
  async start(
    @CalledBy() { who }: AccountCaller,
    @InTenant() { organizationId, projectId }: Tenant,
    @Param('integrationId') integrationId: string,
    @Res({ passthrough: true }) response: { header(name: string, value: string): unknown },
  ): Promise<{ id: string }> {
    const id = await this.drills.start(projectId, integrationId, who);
    const project = `/hub/v1/organizations/${organizationId}/projects/${projectId}`;
    response.header('location', `${project}/integrations/${integrationId}/drills/${id}`);
    return { id };
  }

  @Needs('integrations.read')
  @Get('drills')
  @ApiOperation({ summary: 'Fire drills of the last 30 days, newest first' })
  async list(
    @InTenant() { projectId }: Tenant,
    @Param('integrationId') integrationId: string,
    @Query({ schema: pageQuery }) query: PageQuery,
  ) {
    const drills = await this.drills.list(projectId, integrationId, query);
    const { items, next } = pageOf(drills, query.limit, ({ id }) => id);
    return { drills: items.map(drillView), next };
  }

  @Needs('integrations.read')
  @Get('drills/:drillId')
  @ApiOperation({ summary: 'A fire drill with its steps, and how long each took' })
  async get(
    @InTenant() { projectId }: Tenant,
    @Param('integrationId') integrationId: string,
    @Param('drillId') id: string,
  ) {
    return drillView(await this.drills.get(projectId, integrationId, id));
  }
}
