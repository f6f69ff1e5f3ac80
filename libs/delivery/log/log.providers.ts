import type { Provider } from '@nestjs/common';
import { CLOCK, type Clock } from '../../domain/index.js';
import { Database, DeliveryLogStore, IntegrationStore } from '../../persistence/index.js';
import { StreamLog } from '../streams/stream-log.js';
import { DeliveryLog } from './delivery-log.js';

export const LOG_PROVIDERS: Provider[] = [
  {
    provide: StreamLog,
    inject: [Database, CLOCK],
    useFactory: (database: Database, clock: Clock) => new StreamLog(database, new IntegrationStore(), clock),
  },
  {
    provide: DeliveryLog,
    inject: [Database, StreamLog],
    useFactory: (database: Database, streams: StreamLog) =>
      new DeliveryLog(database, new DeliveryLogStore(), new IntegrationStore(), streams),
  },
];
