import { Module, type DynamicModule } from '@nestjs/common';
import { ClustersModule } from '../../libs/clusters/index.js';
import { CollectionModule } from '../../libs/collection/index.js';
import { AccountabilityModule, DeliveryModule, DispatchModule } from '../../libs/delivery/index.js';
import { EventStoreModule } from '../../libs/event-store/index.js';
import { IdentityModule } from '../../libs/identity/index.js';
import { IntegrationsModule } from '../../libs/integrations/index.js';
import { PlatformModule, type Platform } from '../../libs/platform/index.js';
import { RestModule } from '../../libs/rest/index.js';
import { SourcesModule } from '../../libs/sources/index.js';

/** Everything in one process: the pipeline from cluster to sink, and the API to steer it. */
@Module({})
export class HubModule {
  static of(platform: Platform): DynamicModule {
    return {
      module: HubModule,
      imports: [
        PlatformModule.of(platform),
        RestModule,
        IdentityModule,
        ClustersModule,
        IntegrationsModule,
        SourcesModule,
        EventStoreModule,
        CollectionModule,
        DeliveryModule,
        AccountabilityModule,
        DispatchModule.forSinks(),
      ],
    };
  }
}
