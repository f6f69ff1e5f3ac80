import { Body, Controller, Get, Param, Put, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { InTenant, Needs, PROJECT_PATH, type Tenant } from '../identity/index.js';
import { definitionOf } from './integration-data.js';
import { effectiveSettings, givenSettings } from './integration-settings.js';
import { settingsBody, verifyQuery, type SettingsBody, type VerifyQuery } from './integration.schema.js';
import { IntegrationTrials } from './integration-trials.service.js';
import { IntegrationsService } from './integrations.service.js';

/** What an integration has beside Event Store Cloud's data. */
@ApiTags('integrations')
@Controller(`hub/v1/${PROJECT_PATH}/integrations/:integrationId`)
export class IntegrationExtrasController {
  constructor(
    private readonly integrations: IntegrationsService,
    private readonly trials: IntegrationTrials,
  ) {}

  @Needs('integrations.read')
  @Get('settings')
  @ApiOperation({ summary: "What is set beside Event Store Cloud's data, with a default where nothing is" })
  async settings(@InTenant() { projectId }: Tenant, @Param('integrationId') id: string) {
    const { sink, settings } = await this.integrations.get(projectId, id);
    const definition = definitionOf({ sink });
    return { ...effectiveSettings(definition, settings), ...givenSettings(definition, id) };
  }

  @Needs('integrations.manage')
  @Put('settings')
  @ApiOperation({ summary: 'Replaces the settings; what is left out has its default' })
  async changeSettings(
    @InTenant() tenant: Tenant,
    @Param('integrationId') id: string,
    @Body({ schema: settingsBody }) body: SettingsBody,
    @Query({ schema: verifyQuery }) { verify }: VerifyQuery,
  ) {
    const isTested = verify === 'true';
    if (isTested) await this.trials.beforeSettings(tenant, id, body);
    return this.integrations.changeSettings(tenant.projectId, id, body, isTested);
  }
}
