import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  CalledBy,
  InTenant,
  Needs,
  PROJECT_PATH,
  type AccountCaller,
  type Tenant,
} from '../../identity/index.js';
import { HoldReading } from './hold-reading.js';
import { windowTerms } from './hold-terms.js';
import { windowView } from './hold-views.js';
import { holdQuery, windowBody, type HoldQuery, type WindowBody } from './holds.schema.js';
import { Holds } from './holds.service.js';

/** Maintenance windows of a project: what matches is held back while one is on, again and again. */
@ApiTags('maintenance windows')
@Controller(`hub/v1/${PROJECT_PATH}/maintenance-windows`)
export class MaintenanceWindowsController {
  constructor(
    private readonly holds: Holds,
    private readonly reading: HoldReading,
  ) {}

  @Needs('integrations.manage')
  @Post()
  @ApiOperation({ summary: 'Holds back what matches, again and again' })
  async create(
    @CalledBy() { who }: AccountCaller,
    @InTenant() tenant: Tenant,
    @Body({ schema: windowBody }) body: WindowBody,
  ) {
    const terms = (from: Date, now: Date) => windowTerms(body, from, now);
    return this.show(tenant, await this.holds.create(tenant, 'window', who, terms));
  }

  @Needs('integrations.read')
  @Get()
  @ApiOperation({ summary: 'Maintenance windows, newest first' })
  async list(@InTenant() { projectId }: Tenant, @Query({ schema: holdQuery }) query: HoldQuery) {
    const { items, next } = await this.reading.list(projectId, 'window', query);
    return { maintenanceWindows: items.map(windowView), next };
  }

  @Needs('integrations.read')
  @Get(':windowId')
  @ApiOperation({ summary: 'A maintenance window, whether it is on, and when it is next' })
  get(@InTenant() tenant: Tenant, @Param('windowId') id: string) {
    return this.show(tenant, id);
  }

  @Needs('integrations.manage')
  @Put(':windowId')
  @ApiOperation({ summary: 'Replaces what a window matches, its schedule and its reason' })
  async change(
    @InTenant() tenant: Tenant,
    @Param('windowId') id: string,
    @Body({ schema: windowBody }) body: WindowBody,
  ) {
    await this.holds.change(tenant, 'window', id, (from, now) => windowTerms(body, from, now));
    return this.show(tenant, id);
  }

  @Needs('integrations.manage')
  @Delete(':windowId')
  @HttpCode(204)
  @ApiOperation({
    summary: 'Ends a maintenance window now; what it held back is summed up and looked at again',
  })
  async end(@InTenant() tenant: Tenant, @Param('windowId') id: string) {
    await this.holds.end(tenant, 'window', id);
  }

  private async show({ projectId }: Tenant, id: string) {
    return windowView(await this.reading.get(projectId, 'window', id));
  }
}
