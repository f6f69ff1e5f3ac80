import type { Provider } from '@nestjs/common';
import { Database, IntegrationStore, LedgerAuditStore, LedgerStore } from '../../persistence/index.js';
import { Ledgers } from './ledger.js';

export const LEDGER_PROVIDERS: Provider[] = [
  {
    provide: Ledgers,
    inject: [Database],
    useFactory: (database: Database) =>
      new Ledgers(database, new LedgerStore(), new IntegrationStore(), new LedgerAuditStore()),
  },
];
