import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { InTenant, Needs, PROJECT_PATH, type Tenant } from '../../identity/index.js';
import { replayBody, type ReplayBody } from './replay.schema.js';
import { Replays } from './replay.js';

@ApiTags('integrations')
@Controller(`hub/v1/${PROJECT_PATH}/integrations/:integrationId/replay`)
export class ReplayController {
  constructor(private readonly replays: Replays) {}

  @Needs('integrations.manage')
  @Post()
  @HttpCode(200)
  @ApiOperation({
    summary: 'Brings the sink to where it shows what should be shown now',
    description:
      'Of one delivery, of those that a filter selects, or of everything since a time. It repeats no calls: what is open ' +
      'is shown as it is now, what is closed and shown as open is closed, and nobody is paged for what is over. Of logs and ' +
      'metrics, with `since` only, everything that is still stored goes once more.',
  })
  run(
    @InTenant() tenant: Tenant,
    @Param('integrationId') integrationId: string,
    @Body({ schema: replayBody }) body: ReplayBody,
  ) {
    return this.replays.run(tenant, integrationId, body);
  }
}
