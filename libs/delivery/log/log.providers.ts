import type { Provider } from '@nestjs/common';
import { Database, DeliveryLogStore, IntegrationStore } from '../../persistence/index.js';
import { DeliveryLog } from './delivery-log.js';

export const LOG_PROVIDERS: Provider[] = [
  {
    provide: DeliveryLog,
    inject: [Database],
    useFactory: (database: Database) =>
      new DeliveryLog(database, new DeliveryLogStore(), new IntegrationStore()),
  },
];
