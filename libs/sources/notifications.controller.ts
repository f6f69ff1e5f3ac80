import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { InTenant, Needs, PROJECT_PATH, type Tenant } from '../identity/index.js';
import { Database, IssueReadStore } from '../persistence/index.js';
import { pageOf, pageQuery, type PageQuery } from '../rest/index.js';
import { ReportsService } from './reports.service.js';
import { notificationView } from './sources-view.js';
import { notificationBody, type NotificationBody } from './sources.schema.js';

/** Notifications of a project. */
@ApiTags('notifications')
@Controller(`hub/v1/${PROJECT_PATH}/notifications`)
export class NotificationsController {
  constructor(
    private readonly reports: ReportsService,
    private readonly store: IssueReadStore,
    private readonly database: Database,
  ) {}

  @Needs('facts.write')
  @Post()
  @HttpCode(202)
  @ApiOperation({ summary: 'Sends a notification; answers when it and what is owed for it are stored' })
  async send(@InTenant() { projectId }: Tenant, @Body({ schema: notificationBody }) body: NotificationBody) {
    return { id: await this.reports.notification(projectId, body) };
  }

  @Needs('issues.read')
  @Get()
  @ApiOperation({ summary: 'Notifications, newest first' })
  async list(@InTenant() { projectId }: Tenant, @Query({ schema: pageQuery }) query: PageQuery) {
    const notifications = await this.store.notifications(this.database, projectId, query);
    const { items, next } = pageOf(notifications, query.limit, ({ id }) => id);
    return { notifications: items.map(notificationView), next };
  }
}
