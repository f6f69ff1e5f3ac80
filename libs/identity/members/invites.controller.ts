import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Put, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { CLOCK, type Clock } from '../../domain/index.js';
import { Database, InviteStore, type InviteEntity } from '../../persistence/index.js';
import { openPage, openPageQuery, type OpenPageQuery } from '../../rest/index.js';
import { CalledBy, type AccountCaller } from '../access/caller.js';
import { Needs } from '../access/needs.js';
import { ORGANIZATION_PATH } from '../tenant.js';
import { isExpired } from './invite.js';
import { inviteBody, resendBody, type InviteBody, type ResendBody } from './invite.schema.js';
import { Invites } from './invites.service.js';

const shown = (invite: InviteEntity, now: Date) => ({
  accepted: invite.acceptedAt !== null,
  created: invite.createdAt.toISOString(),
  email: invite.email,
  id: invite.id,
  organizationId: invite.organizationId,
  expired: isExpired(invite, now),
  role: invite.role,
});

/** Invites to an organization, in the shapes of Event Store Cloud. A code is answered once and never listed. */
@ApiTags('access')
@Controller(`access/v1/${ORGANIZATION_PATH}/invites`)
export class InvitesController {
  constructor(
    private readonly invites: Invites,
    private readonly store: InviteStore,
    private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Needs('members.read')
  @Get()
  @ApiOperation({ summary: 'Invites that were not taken back, accepted and expired ones, too' })
  async list(
    @Param('organizationId') organizationId: string,
    @Query({ schema: openPageQuery }) query: OpenPageQuery,
  ) {
    const found = await this.store.list(this.database, organizationId, query);
    const { items, ...rest } = openPage(found, query);
    const now = this.clock.now();
    return { invites: items.map((invite) => shown(invite, now)), ...rest };
  }

  @Needs('members.manage')
  @Post()
  @HttpCode(200)
  @ApiOperation({
    summary: 'Invites somebody; whoever does hands the code over, because this hub sends no mail',
    description:
      'The code is good for 7 days and once. An earlier invite of the same address is replaced; its code is worth nothing then.',
  })
  create(
    @CalledBy() caller: AccountCaller,
    @Param('organizationId') organizationId: string,
    @Body({ schema: inviteBody }) body: InviteBody,
  ) {
    return this.invites.create(organizationId, body, caller);
  }

  @Needs('members.manage')
  @Put()
  @ApiOperation({
    summary: 'Gives an invite a new code and 7 days more; the code before is worth nothing then',
  })
  resend(
    @CalledBy() caller: AccountCaller,
    @Param('organizationId') organizationId: string,
    @Body({ schema: resendBody }) { id }: ResendBody,
  ) {
    return this.invites.resend(organizationId, id, caller);
  }

  @Needs('members.manage')
  @Delete(':inviteId')
  @HttpCode(204)
  @ApiOperation({ summary: 'Takes an invite back' })
  async remove(
    @CalledBy() caller: AccountCaller,
    @Param('organizationId') organizationId: string,
    @Param('inviteId') id: string,
  ) {
    await this.invites.revoke(organizationId, id, caller);
  }
}
