import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Database, OrganizationStore, type OrganizationEntity } from '../../persistence/index.js';
import { openPage, openPageQuery, type OpenPageQuery } from '../../rest/index.js';
import { ORGANIZATION_PATH } from '../tenant.js';
import { mfaBody, nameBody, type MfaBody, type NameBody } from './resources.schema.js';
import { Resources } from './resources.service.js';

const shown = ({ id, name, createdAt }: OrganizationEntity) => ({
  id,
  name,
  created: createdAt.toISOString(),
  provisioningEnabled: true,
});

/** Organizations, in the shapes of Event Store Cloud. */
@ApiTags('resources')
@Controller('resources/v1')
export class OrganizationsController {
  constructor(
    private readonly resources: Resources,
    private readonly database: Database,
    private readonly organizations: OrganizationStore,
  ) {}

  @Get('organizations')
  @ApiOperation({ summary: 'Organizations' })
  async list(@Query({ schema: openPageQuery }) query: OpenPageQuery) {
    const { items, ...rest } = openPage(await this.organizations.list(this.database, query), query);
    return { organizations: items.map(shown), ...rest };
  }

  @Post('organizations')
  @HttpCode(200)
  @ApiOperation({ summary: 'Creates an organization' })
  async create(@Body({ schema: nameBody }) body: NameBody) {
    return { id: await this.resources.createOrganization(body.name) };
  }

  @Get(ORGANIZATION_PATH)
  @ApiOperation({ summary: 'An organization' })
  async get(@Param('organizationId') id: string) {
    return { organization: shown(await this.resources.organization(id)) };
  }

  @Put(ORGANIZATION_PATH)
  @HttpCode(204)
  @ApiOperation({ summary: 'Renames an organization' })
  async update(@Param('organizationId') id: string, @Body({ schema: nameBody }) body: NameBody) {
    await this.resources.changeOrganization(id, { name: body.name });
  }

  @Delete(ORGANIZATION_PATH)
  @HttpCode(204)
  @ApiOperation({ summary: 'Deletes an organization with everything in it' })
  async remove(@Param('organizationId') id: string) {
    await this.resources.deleteOrganization(id);
  }

  @Get(`${ORGANIZATION_PATH}/mfa`)
  @ApiOperation({ summary: 'Whether MFA is enabled' })
  async mfa(@Param('organizationId') id: string) {
    return { mfaEnabled: (await this.resources.organization(id)).mfaEnabled };
  }

  @Post(`${ORGANIZATION_PATH}/mfa`)
  @HttpCode(200)
  @ApiOperation({ summary: 'Enables or disables MFA' })
  async setMfa(@Param('organizationId') id: string, @Body({ schema: mfaBody }) body: MfaBody) {
    await this.resources.changeOrganization(id, body);
    return { mfaEnabled: body.mfaEnabled };
  }
}
