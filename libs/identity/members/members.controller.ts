import { Body, Controller, Delete, Get, HttpCode, Param, Put, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Database, MembershipStore, type Member } from '../../persistence/index.js';
import { openPage, openPageQuery, type OpenPageQuery } from '../../rest/index.js';
import { CalledBy, type AccountCaller } from '../access/caller.js';
import { Needs } from '../access/needs.js';
import { ORGANIZATION_PATH } from '../tenant.js';
import { memberChange, type MemberChangeBody } from './member.schema.js';
import { Members } from './members.service.js';

const shown = ({ active, createdAt, email, id, name, organizationId, role }: Member) => ({
  active,
  created: createdAt.toISOString(),
  // The clients need a text; the built-in operator has no address.
  email: email ?? '',
  id,
  name,
  organizationId,
  role,
});

/** Members of an organization, in the shapes of Event Store Cloud, with their role. A member's id is their account's. */
@ApiTags('access')
@Controller(`access/v1/${ORGANIZATION_PATH}/members`)
export class MembersController {
  constructor(
    private readonly members: Members,
    private readonly store: MembershipStore,
    private readonly database: Database,
  ) {}

  @Needs('members.read')
  @Get()
  @ApiOperation({ summary: 'Members of an organization, active or not' })
  async list(
    @Param('organizationId') organizationId: string,
    @Query({ schema: openPageQuery }) query: OpenPageQuery,
  ) {
    const found = await this.store.list(this.database, organizationId, query);
    const { items, ...rest } = openPage(found, query);
    return { members: items.map(shown), ...rest };
  }

  @Needs('members.read')
  @Get(':memberId')
  @ApiOperation({ summary: 'A member' })
  async get(@Param('organizationId') organizationId: string, @Param('memberId') id: string) {
    return { member: shown(await this.members.get(organizationId, id)) };
  }

  @Needs('members.manage')
  @Put(':memberId')
  @HttpCode(204)
  @ApiOperation({
    summary: "Changes a member's role, or whether they are active",
    description:
      'An admin can neither change an owner nor make one; the last active owner stays one. It holds from the next request on.',
  })
  async update(
    @CalledBy() caller: AccountCaller,
    @Param('organizationId') organizationId: string,
    @Param('memberId') id: string,
    @Body({ schema: memberChange }) body: MemberChangeBody,
  ) {
    await this.members.change(organizationId, id, body, caller);
  }

  @Needs('members.manage')
  @Delete(':memberId')
  @HttpCode(204)
  @ApiOperation({ summary: 'Removes a member from the organization; their account stays' })
  async remove(
    @CalledBy() caller: AccountCaller,
    @Param('organizationId') organizationId: string,
    @Param('memberId') id: string,
  ) {
    await this.members.remove(organizationId, id, caller);
  }
}
