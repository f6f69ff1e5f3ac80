import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  CalledBy,
  InTenant,
  Needs,
  PROJECT_PATH,
  type AccountCaller,
  type Tenant,
} from '../../identity/index.js';
import { HealthViews, type HealthView } from './health-view.js';
import { pauseBody, type PauseBody } from './health.schema.js';
import { Pausing } from './pausing.js';

/** How an integration does at its sink, and whether it may. */
@ApiTags('integrations')
@Controller(`hub/v1/${PROJECT_PATH}/integrations/:integrationId`)
export class HealthController {
  constructor(
    private readonly views: HealthViews,
    private readonly pausing: Pausing,
  ) {}

  @Needs('integrations.read')
  @Get('health')
  @ApiOperation({
    summary: 'How the integration does at its sink, what it owes, and what to do about it',
  })
  health(@InTenant() { projectId }: Tenant, @Param('integrationId') id: string): Promise<HealthView> {
    return this.views.of(projectId, id);
  }

  @Needs('integrations.manage')
  @Post('pause')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Stops the integration: what comes for it is kept until it is resumed',
    description: 'Answers with its health. Pausing it again changes nothing.',
  })
  @ApiBody({ required: false })
  async pause(
    @CalledBy() { who }: AccountCaller,
    @InTenant() tenant: Tenant,
    @Param('integrationId') id: string,
    @Body({ schema: pauseBody }) body: PauseBody,
  ): Promise<HealthView> {
    await this.pausing.pause(tenant, id, who, body?.reason ?? null);
    return this.views.of(tenant.projectId, id);
  }

  @Needs('integrations.manage')
  @Post('resume')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Lets a paused or failing integration go on; its backlog goes at once',
    description: 'Answers with its health. Resuming one that is not kept changes nothing.',
  })
  async resume(@InTenant() tenant: Tenant, @Param('integrationId') id: string): Promise<HealthView> {
    await this.pausing.resume(tenant, id);
    return this.views.of(tenant.projectId, id);
  }
}
