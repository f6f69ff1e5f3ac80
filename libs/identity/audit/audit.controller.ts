import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { AuditStore, Database } from '../../persistence/index.js';
import { CalledBy, type AccountCaller } from '../access/caller.js';
import { Needs } from '../access/needs.js';
import { ORGANIZATION_PATH } from '../tenant.js';
import { auditPage } from './audit-view.js';
import { auditQuery, userAuditQuery, type AuditLogQuery, type UserAuditLogQuery } from './audit.schema.js';

/** The audit log, in the shapes of Event Store Cloud and with what else is known of each deed. */
@ApiTags('audit')
@Controller()
export class AuditController {
  private readonly store = new AuditStore();

  constructor(private readonly database: Database) {}

  @Needs('audit.read')
  @Get(`audit/v1/${ORGANIZATION_PATH}/log`)
  @ApiOperation({ summary: 'What was done in an organization and by whom, newest first' })
  async ofOrganization(
    @Param('organizationId') organizationId: string,
    @Query({ schema: auditQuery }) query: AuditLogQuery,
  ) {
    const entries = await this.store.ofOrganization(this.database, organizationId, query);
    return auditPage(entries, query.limit);
  }

  @Needs('account.own')
  @Get('audit/v1/user/log')
  @ApiOperation({ summary: 'What the caller did, newest first, in organizations that they may still read' })
  async ofCaller(
    @CalledBy() { accountId, isOperator, hasMfa }: AccountCaller,
    @Query({ schema: userAuditQuery }) query: UserAuditLogQuery,
  ) {
    const reader = { accountId, isOperator, hasMfa, organizationId: query.org };
    return auditPage(await this.store.ofAccount(this.database, reader, query), query.limit);
  }

  @Needs('hub.observe')
  @Get('hub/v1/audit')
  @ApiOperation({ summary: 'What was done in the whole hub and by whom, newest first' })
  async ofHub(@CalledBy() { hasMfa }: AccountCaller, @Query({ schema: auditQuery }) query: AuditLogQuery) {
    return auditPage(await this.store.all(this.database, hasMfa, query), query.limit);
  }
}
