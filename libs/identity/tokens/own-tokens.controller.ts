import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { RefreshTokenEntity } from '../../persistence/index.js';
import { openPage, openPageQuery, type OpenPageQuery } from '../../rest/index.js';
import { CalledBy, type AccountCaller } from '../access/caller.js';
import { Needs } from '../access/needs.js';
import { OwnTokens } from './own-tokens.service.js';
import { labelBody, type LabelBody } from './tokens.schema.js';

const shown = (
  { id, label, createdAt, lastUsedAt, mfa }: RefreshTokenEntity,
  { tokenId }: AccountCaller,
) => ({
  id,
  label,
  created: createdAt.toISOString(),
  lastUsed: lastUsedAt?.toISOString() ?? null,
  mfa,
  current: id === tokenId,
});

/** The caller's own refresh tokens. Listing and revoking are Event Store Cloud's, making one is ours. */
@ApiTags('access')
@Needs('account.own')
@Controller('access/v1/tokens/user')
export class OwnTokensController {
  constructor(private readonly tokens: OwnTokens) {}

  @Get()
  @ApiOperation({ summary: 'Refresh tokens of the caller that are not revoked' })
  async list(@CalledBy() caller: AccountCaller, @Query({ schema: openPageQuery }) query: OpenPageQuery) {
    const { items, ...rest } = openPage(await this.tokens.list(caller, query), query);
    return { tokens: items.map((token) => shown(token, caller)), ...rest };
  }

  @Post()
  @HttpCode(200)
  @ApiOperation({ summary: 'Makes a refresh token, for Terraform or a script; it is shown only here' })
  create(@CalledBy() caller: AccountCaller, @Body({ schema: labelBody }) { label }: LabelBody) {
    return this.tokens.create(caller, label);
  }

  @Delete(':tokenId')
  @HttpCode(204)
  @ApiOperation({ summary: 'Revokes a refresh token; access tokens that were got with it end at once' })
  async revoke(@CalledBy() caller: AccountCaller, @Param('tokenId') id: string) {
    await this.tokens.revoke(caller, id);
  }
}
