import { Body, Controller, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Public } from '../../rest/index.js';
import { CalledBy, type AccountCaller } from '../access/caller.js';
import { Needs } from '../access/needs.js';
import { InviteAcceptance } from './invite-acceptance.service.js';
import { codeBody, newcomerBody, type CodeBody, type NewcomerBody } from './invite.schema.js';

/** Where the code of an invite is turned into a membership. */
@ApiTags('access')
@Controller('hub/v1')
export class InviteAcceptanceController {
  constructor(private readonly acceptance: InviteAcceptance) {}

  @Public()
  @Post('invites/accept')
  @ApiOperation({ summary: 'Accepts an invite for somebody who has no account: makes it' })
  acceptAsNewcomer(@Body({ schema: newcomerBody }) body: NewcomerBody) {
    return this.acceptance.acceptAsNewcomer(body);
  }

  @Needs('account.own')
  @Post('account/invites/accept')
  @ApiOperation({ summary: "Accepts an invite that was sent to the caller's address" })
  accept(@CalledBy() caller: AccountCaller, @Body({ schema: codeBody }) { code }: CodeBody) {
    return this.acceptance.acceptAs(caller, code);
  }
}
