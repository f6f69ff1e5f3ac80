import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { AccountEntity } from '../../persistence/index.js';
import { pageOf, pageQuery, type PageQuery } from '../../rest/index.js';
import { Needs } from '../access/needs.js';
import { accountPatch, newAccount, type AccountPatch, type NewAccountBody } from './accounts.schema.js';
import { ManagedAccounts } from './managed-accounts.service.js';

const shown = (account: AccountEntity) => ({
  id: account.id,
  email: account.email,
  name: account.name,
  isOperator: account.isOperator,
  active: account.active,
  hasPassword: account.passwordHash !== null,
  mfaEnabled: account.totpConfirmedAt !== null,
  externalIssuer: account.externalIssuer,
  created: account.createdAt.toISOString(),
  updated: account.updatedAt.toISOString(),
});

/** Accounts of the hub, for operators. */
@ApiTags('accounts')
@Needs('hub.accounts.manage')
@Controller('hub/v1/accounts')
export class AccountsController {
  constructor(private readonly accounts: ManagedAccounts) {}

  @Get()
  @ApiOperation({ summary: 'Accounts' })
  async list(@Query({ schema: pageQuery }) query: PageQuery) {
    const { items, next } = pageOf(await this.accounts.list(query), query.limit, ({ id }) => id);
    return { accounts: items.map(shown), next };
  }

  @Post()
  @ApiOperation({ summary: 'Creates an account' })
  async create(@Body({ schema: newAccount }) body: NewAccountBody) {
    return { id: await this.accounts.create(body) };
  }

  @Get(':accountId')
  @ApiOperation({ summary: 'An account' })
  async get(@Param('accountId') id: string) {
    return shown(await this.accounts.account(id));
  }

  @Patch(':accountId')
  @ApiOperation({
    summary: 'Changes an account',
    description:
      'Deactivating it ends all its tokens. A password hands the account over: it ends all its tokens and forgets the second factor.',
  })
  async change(@Param('accountId') id: string, @Body({ schema: accountPatch }) patch: AccountPatch) {
    return shown(await this.accounts.change(id, patch));
  }

  @Delete(':accountId/mfa')
  @HttpCode(204)
  @ApiOperation({ summary: 'Forgets the second factor of somebody who lost it' })
  async resetMfa(@Param('accountId') id: string) {
    await this.accounts.resetMfa(id);
  }

  @Delete(':accountId/external-identity')
  @HttpCode(204)
  @ApiOperation({
    summary: 'Forgets who somebody is at the external issuer, and ends all their tokens',
    description:
      'For somebody who has another subject there now, or comes from another issuer: whoever next comes with their verified address is linked anew.',
  })
  async unlink(@Param('accountId') id: string) {
    await this.accounts.unlink(id);
  }
}
