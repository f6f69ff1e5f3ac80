import { Controller, Headers, HttpCode, Post, Query } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOperation, ApiTags } from '@nestjs/swagger';
import { InTenant, Needs, PROJECT_PATH, type Tenant } from '../../identity/index.js';
import { BytesBody, TakesBytes } from '../../rest/index.js';
import { withSubPaths } from '../hub/sub-paths.js';
import { decompressed } from './decompressed.js';
import { linesQuery, type LinesQuery } from './lines.schema.js';
import { LinesService } from './lines.service.js';

const SUMMARY =
  'Stores events, logs and metrics in line protocol; answers, with nothing, when they are stored';
const BODY = { required: true, schema: { type: 'string' } } as const;

/** Where line protocol is written to: of a project, and where cc-event-store has it, for an ingest token's project. */
@ApiTags('lines')
@Controller()
export class LinesController {
  constructor(private readonly lines: LinesService) {}

  @Needs('facts.write')
  @TakesBytes()
  @Post(withSubPaths(`hub/v1/${PROJECT_PATH}/api/write`))
  @HttpCode(200)
  @ApiOperation({ summary: SUMMARY })
  @ApiConsumes('text/plain')
  @ApiBody(BODY)
  async write(
    @InTenant() { projectId }: Tenant,
    @BytesBody() body: Buffer,
    @Headers('content-encoding') encoding: string | undefined,
    @Query({ schema: linesQuery }) { cluster }: LinesQuery,
  ): Promise<void> {
    await this.lines.write(projectId, await decompressed(body, encoding), cluster);
  }

  @Needs('facts.write.own')
  @TakesBytes()
  @Post(withSubPaths('api/write'))
  @HttpCode(200)
  @ApiOperation({ summary: `${SUMMARY}. The project is the ingest token's` })
  @ApiConsumes('text/plain')
  @ApiBody(BODY)
  writeOwn(
    @InTenant() tenant: Tenant,
    @BytesBody() body: Buffer,
    @Headers('content-encoding') encoding: string | undefined,
    @Query({ schema: linesQuery }) query: LinesQuery,
  ): Promise<void> {
    return this.write(tenant, body, encoding, query);
  }
}
