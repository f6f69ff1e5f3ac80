import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Database, ProjectStore, type ProjectEntity } from '../../persistence/index.js';
import { openPage, openPageQuery, type OpenPageQuery } from '../../rest/index.js';
import { Needs } from '../access/needs.js';
import { InTenant, ORGANIZATION_PATH, PROJECT_PATH, type Tenant } from '../tenant.js';
import { nameBody, type NameBody } from './resources.schema.js';
import { Resources } from './resources.service.js';

const shown = ({ id, name, organizationId, createdAt }: ProjectEntity) => ({
  id,
  name,
  organizationId,
  created: createdAt.toISOString(),
});

/** Projects of an organization, in the shapes of Event Store Cloud. */
@ApiTags('resources')
@Controller('resources/v1')
export class ProjectsController {
  constructor(
    private readonly resources: Resources,
    private readonly database: Database,
    private readonly projects: ProjectStore,
  ) {}

  @Needs('projects.list')
  @Get(`${ORGANIZATION_PATH}/projects`)
  @ApiOperation({ summary: 'Projects of an organization' })
  async list(
    @Param('organizationId') organizationId: string,
    @Query({ schema: openPageQuery }) query: OpenPageQuery,
  ) {
    const { items, ...rest } = openPage(
      await this.projects.list(this.database, organizationId, query),
      query,
    );
    return { projects: items.map(shown), ...rest };
  }

  @Needs('projects.create')
  @Post(`${ORGANIZATION_PATH}/projects`)
  @HttpCode(200)
  @ApiOperation({ summary: 'Creates a project' })
  async create(@Param('organizationId') organizationId: string, @Body({ schema: nameBody }) body: NameBody) {
    return { id: await this.resources.createProject(organizationId, body.name) };
  }

  @Needs('project.read')
  @Get(PROJECT_PATH)
  @ApiOperation({ summary: 'A project' })
  async get(@InTenant() tenant: Tenant) {
    return { project: shown(await this.resources.project(tenant.organizationId, tenant.projectId)) };
  }

  @Needs('project.manage')
  @Put(PROJECT_PATH)
  @HttpCode(204)
  @ApiOperation({ summary: 'Renames a project' })
  async update(@InTenant() tenant: Tenant, @Body({ schema: nameBody }) body: NameBody) {
    await this.resources.renameProject(tenant, body.name);
  }

  @Needs('project.manage')
  @Delete(PROJECT_PATH)
  @HttpCode(204)
  @ApiOperation({ summary: 'Deletes a project with everything in it' })
  async remove(@InTenant() tenant: Tenant) {
    await this.resources.deleteProject(tenant);
  }
}
