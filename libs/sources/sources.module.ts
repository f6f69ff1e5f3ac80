import { Module } from '@nestjs/common';
import { DeliveryModule } from '../delivery/index.js';
import { ClusterStore, IssueReadStore } from '../persistence/index.js';
import { IssuesController } from './issues.controller.js';
import { NotificationsController } from './notifications.controller.js';
import { ReportsService } from './reports.service.js';

/** The API of issues and notifications. Needs `Queues`, `Database`, `LOGGER`, `Metrics` and `CLOCK` from a global module. */
@Module({
  imports: [DeliveryModule],
  controllers: [IssuesController, NotificationsController],
  providers: [ClusterStore, IssueReadStore, ReportsService],
})
export class SourcesModule {}
