import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { notFound } from '../domain/index.js';
import { InTenant, Needs, PROJECT_PATH, type Tenant } from '../identity/index.js';
import { Database, IssueReadStore } from '../persistence/index.js';
import { numberedPageQuery, pageOf, type NumberedPageQuery } from '../rest/index.js';
import { ReportsService } from './reports.service.js';
import { issueEventView, issueView } from './sources-view.js';
import { issueEvent, issueQuery, type IssueEventBody, type IssueQuery } from './sources.schema.js';

/** Issues of a project, and events reported by external detectors. */
@ApiTags('issues')
@Controller(`hub/v1/${PROJECT_PATH}/issues`)
export class IssuesController {
  constructor(
    private readonly reports: ReportsService,
    private readonly store: IssueReadStore,
    private readonly database: Database,
  ) {}

  @Needs('facts.write')
  @Post('events')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Reports an event of an issue; answers when it and what is owed for it are stored',
  })
  async report(@InTenant() { projectId }: Tenant, @Body({ schema: issueEvent }) body: IssueEventBody) {
    return { issueId: await this.reports.issueEvent(projectId, body) };
  }

  @Needs('issues.read')
  @Get()
  @ApiOperation({ summary: 'Issues, newest first' })
  async list(@InTenant() { projectId }: Tenant, @Query({ schema: issueQuery }) query: IssueQuery) {
    const issues = await this.store.list(this.database, projectId, query, query);
    const { items, next } = pageOf(issues, query.limit, ({ id }) => id);
    return { issues: items.map(issueView), next };
  }

  @Needs('issues.read')
  @Get(':issueId')
  @ApiOperation({ summary: 'An issue with a page of its events, newest first' })
  async get(
    @InTenant() { projectId }: Tenant,
    @Param('issueId') id: string,
    @Query({ schema: numberedPageQuery }) { limit, after }: NumberedPageQuery,
  ) {
    const issue = await this.store.find(this.database, projectId, id);
    if (!issue) throw notFound('issue');
    const events = await this.store.events(this.database, id, limit, after);
    const { items, next } = pageOf(events, limit, ({ seq }) => String(seq));
    return { ...issueView(issue), events: items.map(issueEventView), next };
  }
}
