import { Body, Controller, Get, HttpCode, Param, Put } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { CalledBy, type AccountCaller } from '../access/caller.js';
import { Needs } from '../access/needs.js';
import { ORGANIZATION_PATH } from '../tenant.js';
import { accessSettingsBody, type AccessSettingsBody } from './access-settings.schema.js';
import { Resources } from '../resources/resources.service.js';

/** Settings of an organization, in the shapes of Event Store Cloud. */
@ApiTags('access')
@Controller(`access/v1/${ORGANIZATION_PATH}/settings`)
export class AccessSettingsController {
  constructor(private readonly resources: Resources) {}

  @Needs('organization.read')
  @Get()
  @ApiOperation({
    summary: 'Whether a second factor is asked for, and of which domain invited people must be',
  })
  async get(@Param('organizationId') organizationId: string) {
    const { mfaEnabled, inviteDomain } = await this.resources.organization(organizationId);
    // The clients know no null here.
    return { settings: { requireMfa: mfaEnabled, restrictInviteDomain: inviteDomain ?? '' } };
  }

  @Needs('organization.manage')
  @Put()
  @HttpCode(204)
  @ApiOperation({ summary: 'Changes what is given and leaves the rest' })
  async update(
    @CalledBy() caller: AccountCaller,
    @Param('organizationId') organizationId: string,
    @Body({ schema: accessSettingsBody }) body: AccessSettingsBody,
  ) {
    const { requireMfa, restrictInviteDomain } = body.settings ?? body;
    const change = {
      ...(requireMfa === undefined ? {} : { mfaEnabled: requireMfa }),
      ...(restrictInviteDomain === undefined ? {} : { inviteDomain: restrictInviteDomain || null }),
    };
    await this.resources.changeOrganization(organizationId, change, caller);
  }
}
