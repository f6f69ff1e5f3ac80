import { Readable } from 'node:stream';
import { Controller, Get, Headers, Param, Query, StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { InTenant, Needs, PROJECT_PATH, type Tenant } from '../identity/index.js';
import { observationQuery, type ObservationQuery } from './observations.schema.js';
import { ObservationsService } from './observations.service.js';

const JSON_LINES = 'application/x-ndjson';
const PAGE = {
  type: 'object',
  required: ['observations', 'next'],
  properties: {
    observations: { type: 'array', items: { type: 'object' } },
    next: { type: ['string', 'null'], description: 'What to ask for with `after` to go on; null at the end' },
  },
};

/** What was seen of a cluster, so that the verdict of a detector can be checked. */
@ApiTags('clusters')
@Controller(`hub/v1/${PROJECT_PATH}/clusters/:clusterId/observations`)
export class ObservationsController {
  constructor(private readonly observations: ObservationsService) {}

  @Needs('clusters.read')
  @Get()
  @ApiOkResponse({
    description: 'A page, or the whole range as JSON lines',
    content: { 'application/json': { schema: PAGE }, [JSON_LINES]: { schema: { type: 'string' } } },
  })
  @ApiOperation({
    summary: 'Rounds of polls, oldest first, with what each node said',
    description:
      'A page as `{"observations":[…],"next"}`; with `Accept: application/x-ndjson` or `format=jsonl` the whole range, ' +
      'one round per line, as `npm run replay` reads it.',
  })
  async list(
    @InTenant() { projectId }: Tenant,
    @Param('clusterId') clusterId: string,
    @Query({ schema: observationQuery }) query: ObservationQuery,
    @Headers('accept') accept: string | undefined,
  ) {
    if (!wantsLines(query, accept)) return this.observations.page(projectId, clusterId, query);
    const lines = await this.observations.lines(projectId, clusterId, query);
    return new StreamableFile(Readable.from(lines, { objectMode: false }), { type: JSON_LINES });
  }
}

/** What the query says goes before the header. */
const wantsLines = ({ format }: ObservationQuery, accept = ''): boolean =>
  format === undefined
    ? accept.split(',').some((type) => type.split(';')[0]?.trim().toLowerCase() === JSON_LINES)
    : format === 'jsonl';
