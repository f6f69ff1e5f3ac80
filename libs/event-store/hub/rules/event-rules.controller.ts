import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { InTenant, Needs, PROJECT_PATH, type Tenant } from '../../../identity/index.js';
import { pageQuery, type PageQuery } from '../../../rest/index.js';
import { eventRuleBody, eventRuleTest, type EventRuleBody, type EventRuleTest } from './event-rule.schema.js';
import { EventRuleTests } from './event-rule-test.service.js';
import { eventRuleView } from './event-rule.view.js';
import { EventRules } from './event-rules.service.js';

/** Rules of a project: which events raise notifications, and what these say. */
@ApiTags('event rules')
@Controller(`hub/v1/${PROJECT_PATH}/event-rules`)
export class EventRulesController {
  constructor(
    private readonly rules: EventRules,
    private readonly tests: EventRuleTests,
  ) {}

  @Needs('integrations.manage')
  @Post()
  @ApiOperation({ summary: 'Raises a notification for each event that fits, from now on' })
  async create(@InTenant() tenant: Tenant, @Body({ schema: eventRuleBody }) body: EventRuleBody) {
    return eventRuleView(await this.rules.create(tenant, body));
  }

  @Needs('integrations.read')
  @Get()
  @ApiOperation({ summary: 'Event rules of a project, oldest first' })
  async list(@InTenant() { projectId }: Tenant, @Query({ schema: pageQuery }) query: PageQuery) {
    const { items, next } = await this.rules.list(projectId, query);
    return { eventRules: items.map(eventRuleView), next };
  }

  @Needs('integrations.read')
  @Get(':eventRuleId')
  @ApiOperation({ summary: 'An event rule, and how many events it holds back' })
  async get(@InTenant() { projectId }: Tenant, @Param('eventRuleId') id: string) {
    return eventRuleView(await this.rules.get(projectId, id));
  }

  @Needs('integrations.manage')
  @Put(':eventRuleId')
  @ApiOperation({ summary: 'Replaces an event rule; what is absent is as in a new one' })
  async replace(
    @InTenant() tenant: Tenant,
    @Param('eventRuleId') id: string,
    @Body({ schema: eventRuleBody }) body: EventRuleBody,
  ) {
    return eventRuleView(await this.rules.replace(tenant, id, body));
  }

  @Needs('integrations.manage')
  @Delete(':eventRuleId')
  @HttpCode(204)
  @ApiOperation({ summary: 'Removes an event rule' })
  async remove(@InTenant() tenant: Tenant, @Param('eventRuleId') id: string) {
    await this.rules.remove(tenant, id);
  }

  @Needs('integrations.read')
  @Post('test')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Tries a rule on an event, and stores nothing',
    description:
      'Which of its conditions hold, what the event has there, and the notification that it would raise',
  })
  test(@InTenant() { projectId }: Tenant, @Body({ schema: eventRuleTest }) body: EventRuleTest) {
    return this.tests.run(projectId, body);
  }
}
