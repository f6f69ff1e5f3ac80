import { Controller, Get, HttpCode, Post, Req } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiTags } from '@nestjs/swagger';
import { InTenant, Needs, PROJECT_PATH, type CallerRequest, type Tenant } from '../../../identity/index.js';
import { BytesBody, MAX_BODY_BYTES, TakesBytes } from '../../../rest/index.js';
import type { QueryResponse } from '../../query/index.js';
import type { StatsView } from '../../stats/index.js';
import { withSubPaths } from '../sub-paths.js';
import { QueriesService } from './queries.service.js';

const IN_PROJECT = `hub/v1/${PROJECT_PATH}`;
const OWN = 'The project is the ingest token’s';
const ASKS = 'Events of a time, by cluster, host, name and type, as cc-event-store answers';
const COUNTS = 'What this process has counted of the project since it started';
const DESCRIPTION =
  'The body is JSON of any content type, also of a GET: `{"cluster", "from", "to", "queries": [{"event", "host", "type", ' +
  '"type-ids", "subtype", "subtype-ids"}], "for-all-nodes"}`, times in seconds since 1970. Beyond the original: `kind` ' +
  '(`event` or `log`, not with an ingest token), `limit`, `cursor` (the `next` of an entry) and `details`. What is wrong with one entry is its `error`.';
const BODY = { required: true, schema: { type: 'object' } } as const;

/** Queries and statistics: of a project, and where cc-event-store has them, of an ingest token's project. */
@ApiTags('lines')
@Controller()
export class QueriesController {
  constructor(private readonly queries: QueriesService) {}

  @Needs('facts.read')
  @TakesBytes(MAX_BODY_BYTES)
  @Get(withSubPaths(`${IN_PROJECT}/api/query`))
  @ApiOperation({ summary: ASKS, description: DESCRIPTION })
  @ApiBody(BODY)
  query(
    @InTenant() { projectId }: Tenant,
    @BytesBody() body: Buffer,
    @Req() { caller }: CallerRequest,
  ): Promise<QueryResponse> {
    return this.queries.answer(projectId, body, caller?.kind === 'account');
  }

  @Needs('facts.read')
  @TakesBytes(MAX_BODY_BYTES)
  @Post(withSubPaths(`${IN_PROJECT}/api/query`))
  @HttpCode(200)
  @ApiOperation({ summary: ASKS, description: DESCRIPTION })
  @ApiBody(BODY)
  ask(@InTenant() tenant: Tenant, @BytesBody() body: Buffer, @Req() request: CallerRequest) {
    return this.query(tenant, body, request);
  }

  @Needs('facts.read.own')
  @TakesBytes(MAX_BODY_BYTES)
  @Get(withSubPaths('api/query'))
  @ApiOperation({ summary: `${ASKS}. ${OWN}`, description: DESCRIPTION })
  @ApiBody(BODY)
  queryOwn(@InTenant() tenant: Tenant, @BytesBody() body: Buffer, @Req() request: CallerRequest) {
    return this.query(tenant, body, request);
  }

  @Needs('facts.read.own')
  @TakesBytes(MAX_BODY_BYTES)
  @Post(withSubPaths('api/query'))
  @HttpCode(200)
  @ApiOperation({ summary: `${ASKS}. ${OWN}`, description: DESCRIPTION })
  @ApiBody(BODY)
  askOwn(@InTenant() tenant: Tenant, @BytesBody() body: Buffer, @Req() request: CallerRequest) {
    return this.query(tenant, body, request);
  }

  @Needs('facts.read')
  @Get(withSubPaths(`${IN_PROJECT}/api/stats`))
  @ApiOperation({ summary: COUNTS })
  statistics(@InTenant() { projectId }: Tenant): Promise<StatsView> {
    return this.queries.statistics(projectId);
  }

  @Needs('facts.read.own')
  @Get(withSubPaths('api/stats'))
  @ApiOperation({ summary: `${COUNTS}. ${OWN}` })
  statisticsOwn(@InTenant() tenant: Tenant): Promise<StatsView> {
    return this.statistics(tenant);
  }
}
