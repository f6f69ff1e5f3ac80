import { Module } from '@nestjs/common';
import { IdentityModule } from '../identity/index.js';
import { Database, IntegrationStore, LedgerStore } from '../persistence/index.js';
import { DeliveryModule } from './delivery.module.js';
import { LedgerController } from './ledger.controller.js';
import { Ledgers } from './ledger.js';

/** The API by which people see what was delivered and why, and steer it. */
@Module({
  imports: [DeliveryModule, IdentityModule],
  controllers: [LedgerController],
  providers: [
    {
      provide: Ledgers,
      inject: [Database],
      useFactory: (database: Database) => new Ledgers(database, new LedgerStore(), new IntegrationStore()),
    },
  ],
})
export class AccountabilityModule {}
