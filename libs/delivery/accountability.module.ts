import { Module } from '@nestjs/common';
import { IdentityModule } from '../identity/index.js';
import { DeliveryModule } from './delivery.module.js';
import { DrillsController } from './drills/drills.controller.js';
import { DRILL_PROVIDERS } from './drills/drills.providers.js';
import { HealthController } from './health/health.controller.js';
import { HEALTH_PROVIDERS } from './health/health.providers.js';
import { HOLD_CONTROLLERS, HOLD_PROVIDERS } from './holds/holds.providers.js';
import { EXPLAIN_PROVIDERS } from './explain/explain.providers.js';
import { ExplainController } from './explain/explain.controller.js';
import { LedgerController } from './ledger/ledger.controller.js';
import { LEDGER_PROVIDERS } from './ledger/ledger.providers.js';
import { DeliveryLogController } from './log/delivery-log.controller.js';
import { LOG_PROVIDERS } from './log/log.providers.js';
import { ReplayController } from './replay/replay.controller.js';
import { REPLAY_PROVIDERS } from './replay/replay.providers.js';
import { StreamLogController } from './streams/stream-log.controller.js';

/** The API by which people see what was delivered and why, and steer it. */
@Module({
  imports: [DeliveryModule, IdentityModule],
  controllers: [
    ...HOLD_CONTROLLERS,
    HealthController,
    DrillsController,
    LedgerController,
    DeliveryLogController,
    StreamLogController,
    ReplayController,
    ExplainController,
  ],
  providers: [
    ...HOLD_PROVIDERS,
    ...HEALTH_PROVIDERS,
    ...DRILL_PROVIDERS,
    ...LOG_PROVIDERS,
    ...REPLAY_PROVIDERS,
    ...EXPLAIN_PROVIDERS,
    ...LEDGER_PROVIDERS,
  ],
})
export class AccountabilityModule {}
