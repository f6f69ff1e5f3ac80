import { Module } from '@nestjs/common';
import { DeliveryModule } from '../delivery/index.js';
import { IdentityModule } from '../identity/index.js';
import { ClusterStore, IntegrationStore } from '../persistence/index.js';
import { ConnectionTest } from './connection-test.service.js';
import { IntegrationExtrasController } from './integration-extras.controller.js';
import { IntegrationProjectionController } from './integration-projection.controller.js';
import { IntegrationProjection } from './integration-projection.service.js';
import { IntegrationTrialsController } from './integration-trials.controller.js';
import { IntegrationTrials } from './integration-trials.service.js';
import { IntegrationsController } from './integrations.controller.js';
import { IntegrationsService } from './integrations.service.js';

/**
 * The API of integrations. Needs `Queues`, `Database`, `LOGGER`, `Metrics`, `SETTINGS_TOKEN` and `CLOCK` from a global module.
 */
@Module({
  imports: [IdentityModule, DeliveryModule],
  controllers: [
    IntegrationTrialsController,
    IntegrationProjectionController,
    IntegrationsController,
    IntegrationExtrasController,
  ],
  providers: [
    ClusterStore,
    IntegrationStore,
    IntegrationsService,
    IntegrationTrials,
    IntegrationProjection,
    ConnectionTest,
  ],
})
export class IntegrationsModule {}
