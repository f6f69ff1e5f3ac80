import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { InTenant, Needs, PROJECT_PATH, type Tenant } from '../../identity/index.js';
import { DeliveryLog } from './delivery-log.js';
import { deliveryQuery, rowPageQuery, type DeliveryQuery, type RowPageQuery } from './delivery-log.schema.js';

/** What an integration owed its sink, and every call that was made for it. */
@ApiTags('integrations')
@Needs('integrations.read')
@Controller(`hub/v1/${PROJECT_PATH}/integrations/:integrationId`)
export class DeliveryLogController {
  constructor(private readonly log: DeliveryLog) {}

  @Get('deliveries')
  @ApiOperation({
    summary: 'What the integration owed its sink and what became of it, newest first',
    description: 'Kept for 30 days after the issue was closed or the notification accepted.',
  })
  list(
    @InTenant() { projectId }: Tenant,
    @Param('integrationId') integrationId: string,
    @Query({ schema: deliveryQuery }) { limit, after, ...filter }: DeliveryQuery,
  ) {
    return this.log.list(projectId, integrationId, filter, { limit, after });
  }

  @Get('deliveries/:deliveryId')
  @ApiOperation({ summary: 'A delivery with a page of its attempts, newest first' })
  get(
    @InTenant() { projectId }: Tenant,
    @Param('integrationId') integrationId: string,
    @Param('deliveryId') deliveryId: string,
    @Query({ schema: rowPageQuery }) page: RowPageQuery,
  ) {
    return this.log.get(projectId, integrationId, deliveryId, page);
  }

  @Get('rejected')
  @ApiOperation({
    summary: "What was refused or came too late, with the sink's answer, newest first",
    description:
      'It can be sent again after a change: POST replay. Of logs and metrics it lists the single lines and samples, the latest 10,000.',
  })
  rejected(
    @InTenant() { projectId }: Tenant,
    @Param('integrationId') integrationId: string,
    @Query({ schema: rowPageQuery }) page: RowPageQuery,
  ) {
    return this.log.rejected(projectId, integrationId, page);
  }
}
