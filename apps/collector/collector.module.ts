import { Module, type DynamicModule } from '@nestjs/common';
import { CollectionModule } from '../../libs/collection/index.js';
import { PlatformModule, type Platform } from '../../libs/platform/index.js';

/**
 * Polls and judges, and accepts what it finds. Deliveries that are owed for it are woken in the sinks' queues, which
 * are worked on elsewhere: by a hub or dispatcher on the same database (and the same Redis, if there is one).
 */
@Module({})
export class CollectorModule {
  static of(platform: Platform): DynamicModule {
    return { module: CollectorModule, imports: [PlatformModule.of(platform), CollectionModule] };
  }
}
