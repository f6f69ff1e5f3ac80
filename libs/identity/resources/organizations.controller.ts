import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Database, OrganizationStore, type OrganizationEntity } from '../../persistence/index.js';
import { openPage, openPageQuery, type OpenPageQuery } from '../../rest/index.js';
import { CalledBy, type AccountCaller } from '../access/caller.js';
import { Needs } from '../access/needs.js';
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

  @Needs('organizations.list')
  @Get('organizations')
  @ApiOperation({ summary: 'Organizations that the caller is a member of; for an operator all' })
  async list(@CalledBy() caller: AccountCaller, @Query({ schema: openPageQuery }) query: OpenPageQuery) {
    const memberId = caller.isOperator ? undefined : caller.accountId;
    const found = await this.organizations.list(this.database, query, memberId);
    const { items, ...rest } = openPage(found, query);
    return { organizations: items.map(shown), ...rest };
  }

  @Needs('organizations.create')
  @Post('organizations')
  @HttpCode(200)
  @ApiOperation({ summary: 'Creates an organization' })
  async create(@CalledBy() caller: AccountCaller, @Body({ schema: nameBody }) body: NameBody) {
    return { id: await this.resources.createOrganization(body.name, caller) };
  }

  @Needs('organization.read')
  @Get(ORGANIZATION_PATH)
  @ApiOperation({ summary: 'An organization' })
  async get(@Param('organizationId') id: string) {
    return { organization: shown(await this.resources.organization(id)) };
  }

  @Needs('organization.manage')
  @Put(ORGANIZATION_PATH)
  @HttpCode(204)
  @ApiOperation({ summary: 'Renames an organization' })
  async update(
    @CalledBy() caller: AccountCaller,
    @Param('organizationId') id: string,
    @Body({ schema: nameBody }) body: NameBody,
  ) {
    await this.resources.changeOrganization(id, { name: body.name }, caller);
  }

  @Needs('organization.manage')
  @Delete(ORGANIZATION_PATH)
  @HttpCode(204)
  @ApiOperation({ summary: 'Deletes an organization with everything in it' })
  async remove(@Param('organizationId') id: string) {
    await this.resources.deleteOrganization(id);
  }

  @Needs('organization.read')
  @Get(`${ORGANIZATION_PATH}/mfa`)
  @ApiOperation({ summary: 'Whether MFA is enabled' })
  async mfa(@Param('organizationId') id: string) {
    return { mfaEnabled: (await this.resources.organization(id)).mfaEnabled };
  }

  @Needs('organization.manage')
  @Post(`${ORGANIZATION_PATH}/mfa`)
  @HttpCode(200)
  @ApiOperation({ summary: 'Enables or disables MFA' })
  async setMfa(
    @CalledBy() caller: AccountCaller,
    @Param('organizationId') id: string,
    @Body({ schema: mfaBody }) body: MfaBody,
  ) {
    await this.resources.changeOrganization(id, body, caller);
    return { mfaEnabled: body.mfaEnabled };
  }
}
