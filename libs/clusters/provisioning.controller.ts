import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { InTenant, Needs, PROJECT_PATH, type Tenant } from '../identity/index.js';
import { provisioningReport, type ProvisioningReportBody } from './provisioning.js';
import { ProvisioningService } from './provisioning.service.js';

/** Where the platform reports how the provisioning of a cluster went. */
@ApiTags('clusters')
@Controller(`hub/v1/${PROJECT_PATH}/clusters/:clusterId/provisioning`)
export class ProvisioningController {
  constructor(private readonly provisioning: ProvisioningService) {}

  @Needs('clusters.manage')
  @Post()
  @HttpCode(202)
  @ApiOperation({
    summary:
      'Reports the outcome of a step of provisioning; answers when it and what is owed for it are stored',
    description:
      'A failure marks the cluster `defunct` and sends a notification; it goes on being watched. A success sends nothing.',
  })
  report(
    @InTenant() tenant: Tenant,
    @Param('clusterId') clusterId: string,
    @Body({ schema: provisioningReport }) body: ProvisioningReportBody,
  ) {
    return this.provisioning.report(tenant, clusterId, body);
  }
}
