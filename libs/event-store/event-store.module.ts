import { Module } from '@nestjs/common';
import { DeliveryModule } from '../delivery/index.js';
import { IdentityModule } from '../identity/index.js';
import {
  ClusterStore,
  EventReadStore,
  EventRuleStore,
  ProjectStore,
  StreamInterestStore,
  StreamStore,
} from '../persistence/index.js';
import { STREAM_KINDS } from '../sinks/index.js';
import { ProjectStats } from './hub/query/project-stats.js';
import { QueriesController } from './hub/query/queries.controller.js';
import { QueriesService } from './hub/query/queries.service.js';
import { EventNotifier } from './hub/rules/event-notifier.service.js';
import { EventRuleTests } from './hub/rules/event-rule-test.service.js';
import { EventRulesController } from './hub/rules/event-rules.controller.js';
import { EventRules } from './hub/rules/event-rules.service.js';
import { LinesController } from './write/lines.controller.js';
import { LinesService } from './write/lines.service.js';

/** The event store in the hub: lines are written, events asked for, and rules make notifications of them. Needs `Database`, `Metrics`, `CLOCK` and the settings from a global module. */
@Module({
  imports: [DeliveryModule, IdentityModule],
  controllers: [LinesController, QueriesController, EventRulesController],
  providers: [
    ClusterStore,
    EventNotifier,
    EventReadStore,
    EventRules,
    EventRuleStore,
    EventRuleTests,
    LinesService,
    ProjectStats,
    ProjectStore,
    QueriesService,
    { provide: StreamInterestStore, useValue: new StreamInterestStore(STREAM_KINDS) },
    { provide: StreamStore, useValue: new StreamStore(STREAM_KINDS) },
  ],
})
export class EventStoreModule {}
