import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { InTenant, Needs, PROJECT_PATH, type Tenant } from '../../identity/index.js';
import { explainQuery, hypothesisBody, type ExplainQuery, type HypothesisBody } from './explain.schema.js';
import { Explanations } from './explanations.js';

/** Why something went out, or did not. */
@ApiTags('issues')
@Controller(`hub/v1/${PROJECT_PATH}`)
export class ExplainController {
  constructor(private readonly explanations: Explanations) {}

  @Needs('issues.read')
  @Get('issues/:issueId/explain')
  @ApiOperation({
    summary: 'Why an issue went out through each integration, or did not, and what comes next',
    description:
      'Every decision in the order in which it is made; `ok` is false where it keeps the issue from the sink.',
  })
  ofIssue(
    @InTenant() { projectId }: Tenant,
    @Param('issueId') issueId: string,
    @Query({ schema: explainQuery }) query: ExplainQuery,
  ) {
    return this.explanations.ofIssue(projectId, issueId, query);
  }

  @Needs('integrations.read')
  @Post('explain')
  @HttpCode(200)
  @ApiOperation({
    summary: 'What each integration would do with an issue or a notification that there is not',
    description: 'It changes nothing and sends nothing.',
  })
  ofHypothesis(
    @InTenant() { projectId }: Tenant,
    @Body({ schema: hypothesisBody }) body: HypothesisBody,
    @Query({ schema: explainQuery }) query: ExplainQuery,
  ) {
    return this.explanations.ofHypothesis(projectId, body, query);
  }
}
