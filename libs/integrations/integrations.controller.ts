import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  InTenant,
  Needs,
  ORGANIZATION_PATH,
  OutlivesProject,
  PROJECT_PATH,
  type Tenant,
} from '../identity/index.js';
import { Database, IntegrationStore } from '../persistence/index.js';
import { openPage, openPageQuery, type OpenPageQuery } from '../rest/index.js';
import { ConnectionTest } from './connection-test.service.js';
import { integrationView, optionsView } from './integration-view.js';
import {
  creation,
  update,
  verifyQuery,
  type Creation,
  type Update,
  type VerifyQuery,
} from './integration.schema.js';
import { IntegrationTrials } from './integration-trials.service.js';
import { IntegrationsService } from './integrations.service.js';

/** Integrations in the shapes of Event Store Cloud: its CLI and Terraform provider work with them unchanged. */
@ApiTags('integrations')
@Controller('integrate/v1')
export class IntegrationsController {
  constructor(
    private readonly integrations: IntegrationsService,
    private readonly connectionTest: ConnectionTest,
    private readonly trials: IntegrationTrials,
    private readonly store: IntegrationStore,
    private readonly database: Database,
  ) {}

  @Needs('integrations.options')
  @Get(`${ORGANIZATION_PATH}/integrations/options`)
  @ApiOperation({ summary: 'Which sources there are, and which sinks take each' })
  options() {
    return optionsView();
  }

  @Needs('integrations.manage')
  @Post(`${PROJECT_PATH}/integrations`)
  @HttpCode(200)
  @ApiOperation({ summary: 'Creates an integration' })
  async create(
    @InTenant() tenant: Tenant,
    @Body({ schema: creation }) body: Creation,
    @Query({ schema: verifyQuery }) { verify }: VerifyQuery,
  ) {
    if (verify === 'true') await this.trials.beforeCreation(tenant, body);
    return { id: await this.integrations.create(tenant, body) };
  }

  @Needs('integrations.read')
  @Get(`${PROJECT_PATH}/integrations`)
  @ApiOperation({ summary: 'Integrations that are not deleted' })
  async list(@InTenant() { projectId }: Tenant, @Query({ schema: openPageQuery }) query: OpenPageQuery) {
    const { items, ...rest } = openPage(await this.store.list(this.database, projectId, query), query);
    return { integrations: items.map(integrationView), ...rest };
  }

  @Needs('integrations.read')
  @OutlivesProject()
  @Get(`${PROJECT_PATH}/integrations/:integrationId`)
  @ApiOperation({
    summary:
      'An integration; goes on answering after its deletion and that of its project, with the status deleted',
  })
  async get(@InTenant() { projectId }: Tenant, @Param('integrationId') id: string) {
    return { integration: integrationView(await this.integrations.get(projectId, id)) };
  }

  @Needs('integrations.manage')
  @Put(`${PROJECT_PATH}/integrations/:integrationId`)
  @HttpCode(204)
  @ApiOperation({ summary: 'Changes what is given and leaves the rest' })
  async update(
    @InTenant() tenant: Tenant,
    @Param('integrationId') id: string,
    @Body({ schema: update }) body: Update,
    @Query({ schema: verifyQuery }) { verify }: VerifyQuery,
  ) {
    if (verify === 'true') await this.trials.beforeUpdate(tenant, id, body);
    await this.integrations.update(tenant.projectId, id, body, verify === 'true');
  }

  @Needs('integrations.manage')
  @Delete(`${PROJECT_PATH}/integrations/:integrationId`)
  @HttpCode(204)
  @ApiOperation({ summary: 'Deletes an integration' })
  async remove(@InTenant() { projectId }: Tenant, @Param('integrationId') id: string) {
    await this.integrations.delete(projectId, id);
  }

  @Needs('integrations.manage')
  @Post(`${PROJECT_PATH}/integrations/:integrationId/test`)
  @HttpCode(204)
  @ApiOperation({ summary: 'Tries credentials and destination without leaving a message there' })
  async test(@InTenant() { projectId }: Tenant, @Param('integrationId') id: string) {
    await this.connectionTest.run(await this.integrations.get(projectId, id));
  }
}
