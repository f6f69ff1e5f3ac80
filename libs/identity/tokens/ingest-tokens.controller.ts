import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { IngestTokenEntity } from '../../persistence/index.js';
import { pageOf, pageQuery, type PageQuery } from '../../rest/index.js';
import { Needs } from '../access/needs.js';
import { InTenant, PROJECT_PATH, type Tenant } from '../tenant.js';
import { IngestTokens } from './ingest-tokens.service.js';
import { labelBody, type LabelBody } from './tokens.schema.js';

const shown = ({ id, label, createdAt, lastUsedAt }: IngestTokenEntity) => ({
  id,
  label,
  created: createdAt.toISOString(),
  lastUsed: lastUsedAt?.toISOString() ?? null,
});

/** Ingest tokens of a project. */
@ApiTags('ingest tokens')
@Needs('ingest-tokens.manage')
@Controller(`hub/v1/${PROJECT_PATH}/ingest-tokens`)
export class IngestTokensController {
  constructor(private readonly tokens: IngestTokens) {}

  @Get()
  @ApiOperation({ summary: 'Ingest tokens of a project that are not revoked' })
  async list(@InTenant() tenant: Tenant, @Query({ schema: pageQuery }) query: PageQuery) {
    const { items, next } = pageOf(await this.tokens.list(tenant, query), query.limit, ({ id }) => id);
    return { ingestTokens: items.map(shown), next };
  }

  @Post()
  @ApiOperation({
    summary: 'Makes a token that can only write facts into this project; it is shown only here',
  })
  create(@InTenant() tenant: Tenant, @Body({ schema: labelBody }) { label }: LabelBody) {
    return this.tokens.create(tenant, label);
  }

  @Delete(':ingestTokenId')
  @HttpCode(204)
  @ApiOperation({ summary: 'Revokes an ingest token' })
  async revoke(@InTenant() tenant: Tenant, @Param('ingestTokenId') id: string) {
    await this.tokens.revoke(tenant, id);
  }
}
