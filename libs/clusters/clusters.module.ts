import { Module } from '@nestjs/common';
import { DeliveryModule } from '../delivery/index.js';
import { IdentityModule } from '../identity/index.js';
import { ClusterStore, IssueReadStore, LogFileStore, ObservationStore } from '../persistence/index.js';
import { ClusterReader } from './cluster-reader.js';
import { ClustersController } from './clusters.controller.js';
import { ClustersService } from './clusters.service.js';
import { LastSeenService } from './last-seen.service.js';
import { MesdbReader } from './mesdb-reader.js';
import { MesdbController } from './mesdb.controller.js';
import { ObservationsController } from './observations.controller.js';
import { ObservationsService } from './observations.service.js';
import { ProvisioningController } from './provisioning.controller.js';
import { ProvisioningService } from './provisioning.service.js';

/**
 * The API of clusters. Needs `ClusterObserver`, `Queues`, `Database`, `Metrics`, `SETTINGS_TOKEN`, `CLOCK` and `LOGGER`
 * from a global module.
 */
@Module({
  imports: [IdentityModule, DeliveryModule],
  controllers: [ClustersController, MesdbController, ObservationsController, ProvisioningController],
  providers: [
    ClusterStore,
    IssueReadStore,
    LogFileStore,
    MesdbReader,
    ObservationStore,
    ClustersService,
    ClusterReader,
    LastSeenService,
    ObservationsService,
    ProvisioningService,
  ],
})
export class ClustersModule {}
