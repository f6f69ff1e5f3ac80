import { Module } from '@nestjs/common';
import { DeliveryModule } from '../delivery/index.js';
import { IdentityModule } from '../identity/index.js';
import { ClusterStore, StreamInterestStore, StreamStore } from '../persistence/index.js';
import { STREAM_KINDS } from '../sinks/index.js';
import { LinesController } from './write/lines.controller.js';
import { LinesService } from './write/lines.service.js';

/** The API of line protocol. Needs `Database`, `Metrics` and `CLOCK` from a global module. */
@Module({
  imports: [DeliveryModule, IdentityModule],
  controllers: [LinesController],
  providers: [
    ClusterStore,
    LinesService,
    { provide: StreamInterestStore, useValue: new StreamInterestStore(STREAM_KINDS) },
    { provide: StreamStore, useValue: new StreamStore(STREAM_KINDS) },
  ],
})
export class EventStoreModule {}
