import { Body, Controller, Get, Param, Put } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { InTenant, Needs, PROJECT_PATH, type Tenant } from '../identity/index.js';
import { healthView } from './integration-view.js';
import { integrationSettings, type IntegrationSettings } from './integration.schema.js';
import { IntegrationsService } from './integrations.service.js';

/** What an integration has beside Event Store Cloud's data. */
@ApiTags('integrations')
@Controller(`hub/v1/${PROJECT_PATH}/integrations/:integrationId`)
export class IntegrationExtrasController {
  constructor(private readonly integrations: IntegrationsService) {}

  @Needs('integrations.read')
  @Get('settings')
  @ApiOperation({ summary: "What is set beside Event Store Cloud's data" })
  async settings(@InTenant() { projectId }: Tenant, @Param('integrationId') id: string) {
    return (await this.integrations.get(projectId, id)).settings;
  }

  @Needs('integrations.manage')
  @Put('settings')
  @ApiOperation({ summary: 'Replaces the settings' })
  async changeSettings(
    @InTenant() { projectId }: Tenant,
    @Param('integrationId') id: string,
    @Body({ schema: integrationSettings }) body: IntegrationSettings,
  ) {
    await this.integrations.changeSettings(projectId, id, body);
    return body;
  }

  @Needs('integrations.read')
  @Get('health')
  @ApiOperation({ summary: 'How the integration does at its sink' })
  async health(@InTenant() { projectId }: Tenant, @Param('integrationId') id: string) {
    return healthView(await this.integrations.get(projectId, id));
  }
}
