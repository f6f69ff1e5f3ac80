import { Module } from '@nestjs/common';
import { DeliveryModule } from '../delivery/index.js';
import { IdentityModule } from '../identity/index.js';
import { AcknowledgementStore, ClusterStore, IssueReadStore } from '../persistence/index.js';
import { AcknowledgementController } from './acknowledgement.controller.js';
import { Acknowledgements } from './acknowledgements.service.js';
import { IssuesController } from './issues.controller.js';
import { NotificationsController } from './notifications.controller.js';
import { ReportsService } from './reports.service.js';

/** The API of issues and notifications. Needs `Queues`, `Database`, `LOGGER`, `Metrics` and `CLOCK` from a global module. */
@Module({
  imports: [DeliveryModule, IdentityModule],
  controllers: [IssuesController, AcknowledgementController, NotificationsController],
  providers: [AcknowledgementStore, Acknowledgements, ClusterStore, IssueReadStore, ReportsService],
})
export class SourcesModule {}
