import { Module } from '@nestjs/common';
import { DeliveryModule } from '../delivery/index.js';
import { IdentityModule } from '../identity/index.js';
import { ClusterStore, IntegrationStore } from '../persistence/index.js';
import { ConnectionTest } from './connection-test.service.js';
import { IntegrationExtrasController } from './integration-extras.controller.js';
import { IntegrationsController } from './integrations.controller.js';
import { IntegrationsService } from './integrations.service.js';

/**
 * The API of integrations. Needs `Queues`, `Database`, `LOGGER`, `Metrics`, `SETTINGS_TOKEN` and `CLOCK` from a global module.
 */
@Module({
  imports: [IdentityModule, DeliveryModule],
  controllers: [IntegrationsController, IntegrationExtrasController],
  providers: [ClusterStore, IntegrationStore, IntegrationsService, ConnectionTest],
})
export class IntegrationsModule {}
