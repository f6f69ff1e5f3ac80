import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { InTenant, Needs, PROJECT_PATH, type Tenant } from '../identity/index.js';
import { IntegrationTrials } from './integration-trials.service.js';
import { trial, type Trial } from './integration.schema.js';

/** Tests before saving. */
@ApiTags('integrations')
@Needs('integrations.manage')
@Controller(`hub/v1/${PROJECT_PATH}/integrations/test`)
export class IntegrationTrialsController {
  constructor(private readonly trials: IntegrationTrials) {}

  @Post()
  @HttpCode(200)
  @ApiOperation({
    summary: 'Tries an integration, or a change of one, that is not saved',
    description:
      'Nothing is stored, and no message is left at the sink. A test that fails is a 400, or a 502 when the sink itself is in trouble, with the findings as `fields`.',
  })
  async run(@InTenant() tenant: Tenant, @Body({ schema: trial }) body: Trial) {
    return { ok: true, findings: await this.trials.run(tenant, body) };
  }
}
