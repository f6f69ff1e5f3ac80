import { Module } from '@nestjs/common';
import { IdentityModule } from '../identity/index.js';
import { ClusterStore } from '../persistence/index.js';
import { ClustersController } from './clusters.controller.js';
import { ClustersService } from './clusters.service.js';

/** The API of clusters. Needs `ClusterObserver`, `Database`, `CLOCK` and `LOGGER` from a global module. */
@Module({
  imports: [IdentityModule],
  controllers: [ClustersController],
  providers: [ClusterStore, ClustersService],
})
export class ClustersModule {}
