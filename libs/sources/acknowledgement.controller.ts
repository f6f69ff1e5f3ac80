import { Controller, Delete, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  CalledBy,
  InTenant,
  Needs,
  PROJECT_PATH,
  type AccountCaller,
  type Tenant,
} from '../identity/index.js';
import { Acknowledgements } from './acknowledgements.service.js';
import { issueView } from './sources-view.js';

/** Whether somebody has seen an open issue. */
@ApiTags('issues')
@Needs('issues.acknowledge')
@Controller(`hub/v1/${PROJECT_PATH}/issues/:issueId/acknowledge`)
export class AcknowledgementController {
  constructor(private readonly acknowledgements: Acknowledgements) {}

  @Post()
  @HttpCode(200)
  @ApiOperation({
    summary: 'Says that the caller has seen an open issue',
    description:
      'The first who says so stays named. It ends when the issue becomes critical: it was said of something lesser.',
  })
  async set(@CalledBy() { who }: AccountCaller, @InTenant() tenant: Tenant, @Param('issueId') id: string) {
    return issueView(await this.acknowledgements.set(tenant, id, who));
  }

  @Delete()
  @ApiOperation({ summary: 'Takes it back, whoever said so' })
  async withdraw(@InTenant() tenant: Tenant, @Param('issueId') id: string) {
    return issueView(await this.acknowledgements.withdraw(tenant, id));
  }
}
