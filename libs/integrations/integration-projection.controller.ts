import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { InTenant, Needs, PROJECT_PATH, type Tenant } from '../identity/index.js';
import { IntegrationProjection } from './integration-projection.service.js';
import { projection, type ProjectionBody } from './integration.schema.js';

/** Costs before saving. */
@ApiTags('integrations')
@Needs('integrations.manage')
@Controller(`hub/v1/${PROJECT_PATH}/integrations/projection`)
export class IntegrationProjectionController {
  constructor(private readonly projections: IntegrationProjection) {}

  @Post()
  @HttpCode(200)
  @ApiOperation({
    summary: 'How many custom metrics an integration would make, and about what they cost',
    description:
      'Nothing is stored or asked of the sink, and no credentials are needed. Of sinks that bill by metrics.',
  })
  run(@InTenant() tenant: Tenant, @Body({ schema: projection }) body: ProjectionBody) {
    return this.projections.of(tenant, body);
  }
}
