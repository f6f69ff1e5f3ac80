import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { InTenant, Needs, PROJECT_PATH, type Tenant } from '../../identity/index.js';
import { pageQuery, type PageQuery } from '../../rest/index.js';
import { StreamLog } from './stream-log.js';

@ApiTags('integrations')
@Needs('integrations.read')
@Controller(`hub/v1/${PROJECT_PATH}/integrations/:integrationId/streams`)
export class StreamLogController {
  constructor(private readonly log: StreamLog) {}

  @Get()
  @ApiOperation({
    summary: 'How far an integration of logs or metrics is with each cluster, and what became of the entries',
    description: 'An integration of issues or notifications has none.',
  })
  streams(
    @InTenant() { projectId }: Tenant,
    @Param('integrationId') integrationId: string,
    @Query({ schema: pageQuery }) query: PageQuery,
  ) {
    return this.log.streams(projectId, integrationId, query);
  }
}
