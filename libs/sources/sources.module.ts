import { Module, type BeforeApplicationShutdown } from '@nestjs/common';
import { DeliveryModule } from '../delivery/index.js';
import { IdentityModule } from '../identity/index.js';
import { AcknowledgementStore, ClusterStore, IssueReadStore } from '../persistence/index.js';
import { AcknowledgementController } from './acknowledgement.controller.js';
import { Acknowledgements } from './acknowledgements.service.js';
import { IssuesController } from './issues.controller.js';
import { LogTails } from './logs/log-tails.js';
import { LogsController } from './logs/logs.controller.js';
import { LOG_PROVIDERS } from './logs/logs.providers.js';
import { NotificationsController } from './notifications.controller.js';
import { ReportsService } from './reports.service.js';

/** The API of issues, notifications and logs. Needs `Queues`, `Database`, `LOGGER`, `Metrics` and `CLOCK` from a global module. */
@Module({
  imports: [DeliveryModule, IdentityModule],
  controllers: [IssuesController, AcknowledgementController, LogsController, NotificationsController],
  providers: [
    AcknowledgementStore,
    Acknowledgements,
    ClusterStore,
    IssueReadStore,
    ReportsService,
    ...LOG_PROVIDERS,
  ],
})
export class SourcesModule implements BeforeApplicationShutdown {
  constructor(private readonly tails: LogTails) {}

  /** Before the server waits for its connections to end. */
  beforeApplicationShutdown(): Promise<void> {
    return this.tails.stop();
  }
}
