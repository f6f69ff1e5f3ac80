import { Body, Controller, Delete, Get, HttpCode, Post, Put } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { CalledBy, type AccountCaller } from '../access/caller.js';
import { Needs } from '../access/needs.js';
import { codeBody, passwordBody, passwordChange } from './accounts.schema.js';
import type { CodeBody, PasswordBody, PasswordChange } from './accounts.schema.js';
import { OwnAccount } from './own-account.service.js';
import { OwnMfa } from './own-mfa.service.js';

/** The caller's own account. */
@ApiTags('account')
@Needs('account.own')
@Controller('hub/v1/account')
export class OwnAccountController {
  constructor(
    private readonly own: OwnAccount,
    private readonly ownMfa: OwnMfa,
  ) {}

  @Get()
  @ApiOperation({ summary: 'The account of the caller, and where it is a member' })
  async get(@CalledBy() caller: AccountCaller) {
    const { id, email, name, isOperator, totpConfirmedAt } = await this.own.account(caller);
    const memberships = await this.own.memberships(caller);
    return { id, email, name, isOperator, mfaEnabled: totpConfirmedAt !== null, memberships };
  }

  @Put('password')
  @HttpCode(204)
  @ApiOperation({ summary: 'Changes the password of the caller; ends their other sign-ins' })
  async changePassword(
    @CalledBy() caller: AccountCaller,
    @Body({ schema: passwordChange }) body: PasswordChange,
  ) {
    await this.own.changePassword(caller, body);
  }

  @Post('mfa')
  @HttpCode(200)
  @ApiOperation({ summary: 'Offers a second factor: a secret for an authenticator app, shown only here' })
  enrol(@CalledBy() caller: AccountCaller, @Body({ schema: passwordBody }) { password }: PasswordBody) {
    return this.ownMfa.enrol(caller, password);
  }

  @Post('mfa/confirm')
  @HttpCode(204)
  @ApiOperation({ summary: 'Enables the second factor with a first code of it' })
  async confirm(@CalledBy() caller: AccountCaller, @Body({ schema: codeBody }) { otp }: CodeBody) {
    await this.ownMfa.confirm(caller, otp);
  }

  @Delete('mfa')
  @HttpCode(204)
  @ApiOperation({ summary: 'Removes the second factor' })
  async remove(@CalledBy() caller: AccountCaller, @Body({ schema: codeBody }) { otp }: CodeBody) {
    await this.ownMfa.remove(caller, otp);
  }
}
