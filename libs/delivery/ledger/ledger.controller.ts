import { Controller, Get, Param } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { InTenant, Needs, PROJECT_PATH, type Tenant } from '../../identity/index.js';
import { Ledgers, type Ledger } from './ledger.js';

@ApiTags('integrations')
@Controller(`hub/v1/${PROJECT_PATH}/integrations/:integrationId/ledger`)
export class LedgerController {
  constructor(private readonly ledgers: Ledgers) {}

  @Needs('integrations.read')
  @Get()
  @ApiOperation({ summary: 'Where every unit that concerns the integration is now' })
  of(@InTenant() { projectId }: Tenant, @Param('integrationId') integrationId: string): Promise<Ledger> {
    return this.ledgers.of(projectId, integrationId);
  }
}
