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
import { silenceTerms } from './hold-terms.js';
import { silenceView } from './hold-views.js';
import { holdQuery, silenceBody, type HoldQuery, type SilenceBody } from './holds.schema.js';
import { Holds } from './holds.service.js';

/** Silences of a project: what matches is held back until they are over. */
@ApiTags('silences')
@Controller(`hub/v1/${PROJECT_PATH}/silences`)
export class SilencesController {
  constructor(
    private readonly holds: Holds,
    private readonly reading: HoldReading,
  ) {}

  @Needs('integrations.manage')
  @Post()
  @ApiOperation({ summary: 'Holds back what matches, until a time' })
  async create(
    @CalledBy() { who }: AccountCaller,
    @InTenant() tenant: Tenant,
    @Body({ schema: silenceBody }) body: SilenceBody,
  ) {
    const terms = (from: Date, now: Date) => silenceTerms(body, from, now);
    return this.show(tenant, await this.holds.create(tenant, 'silence', who, terms));
  }

  @Needs('integrations.read')
  @Get()
  @ApiOperation({ summary: 'Silences, newest first' })
  async list(@InTenant() { projectId }: Tenant, @Query({ schema: holdQuery }) query: HoldQuery) {
    const { items, next } = await this.reading.list(projectId, 'silence', query);
    return { silences: items.map(silenceView), next };
  }

  @Needs('integrations.read')
  @Get(':silenceId')
  @ApiOperation({ summary: 'A silence, and how many deliveries it has held back' })
  get(@InTenant() tenant: Tenant, @Param('silenceId') id: string) {
    return this.show(tenant, id);
  }

  @Needs('integrations.manage')
  @Put(':silenceId')
  @ApiOperation({ summary: 'Replaces what a silence matches, its times and its reason' })
  async change(
    @InTenant() tenant: Tenant,
    @Param('silenceId') id: string,
    @Body({ schema: silenceBody }) body: SilenceBody,
  ) {
    await this.holds.change(tenant, 'silence', id, (from, now) => silenceTerms(body, from, now));
    return this.show(tenant, id);
  }

  @Needs('integrations.manage')
  @Delete(':silenceId')
  @HttpCode(204)
  @ApiOperation({ summary: 'Ends a silence now; what it held back is summed up and looked at again' })
  async end(@InTenant() tenant: Tenant, @Param('silenceId') id: string) {
    await this.holds.end(tenant, 'silence', id);
  }

  private async show({ projectId }: Tenant, id: string) {
    return silenceView(await this.reading.get(projectId, 'silence', id));
  }
}
