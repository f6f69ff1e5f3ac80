import { Controller, Delete, Get, Post, Put, Req } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Problem } from '../domain/index.js';
import type { HttpRequest } from '../rest/index.js';
import { Needs } from './access/needs.js';
import { ORGANIZATION_PATH, PROJECT_PATH } from './tenant.js';

const NO_GROUPS = "Spillway has no groups: a member's role decides what they may do.";
const NO_POLICIES = "Spillway has no policies: a member's role decides what they may do.";
const NO_CLUSTER_CHANGES =
  'Spillway watches clusters that exist; it does not create, change or delete them. Register one at /hub/v1/organizations/{organizationId}/projects/{projectId}/clusters.';
const NO_NETWORKS =
  'Spillway has no networks, peerings and access lists: it watches clusters where they are.';
const NO_JOBS = 'Spillway runs no jobs in clusters: schedule backups where the clusters are.';

/** What is said of a path that has this segment; the first that fits. */
const SENTENCES: readonly (readonly [segment: string, sentence: string])[] = [
  ['groups', NO_GROUPS],
  ['policies', NO_POLICIES],
  ['policy', NO_POLICIES],
  ['infra', NO_NETWORKS],
  ['orchestrate', NO_JOBS],
  ['backups', 'Spillway takes no backups: it watches clusters that exist.'],
  ['versions', 'Spillway installs no versions: it watches clusters as they are.'],
  ['initialCredentials', 'Spillway sets no passwords of clusters: theirs are where they were created.'],
  ['clusters', NO_CLUSTER_CHANGES],
];

const access = (path: string) => `access/v1/${ORGANIZATION_PATH}/${path}`;
const mesdb = (path: string) => `mesdb/v1/${PROJECT_PATH}/${path}`;
const infra = (path: string) => `infra/v1/${PROJECT_PATH}/${path}`;
const orchestrate = (path: string) => `orchestrate/v1/${PROJECT_PATH}/${path}`;

const LISTS_OF_ORGANIZATION = [access('groups'), access('policies')];
const ITEMS_OF_ORGANIZATION = [access('groups/:groupId'), access('policies/:policyId')];
const LISTS_OF_PROJECT = [
  mesdb('backups'),
  infra('networks'),
  infra('peerings'),
  infra('acls'),
  orchestrate('jobs'),
];
const ITEMS_OF_PROJECT = [
  mesdb('backups/:backupId'),
  infra('networks/:networkId'),
  infra('peerings/:peeringId'),
  infra('acls/:aclId'),
  orchestrate('jobs/:jobId'),
];
const CLUSTER = mesdb('clusters/:clusterId');

/**
 * What Event Store Cloud has and Spillway has not. Its clients get a 404 that says so, once it is sure that they may
 * ask; one place to take from when some of it comes to be.
 */
@ApiExcludeController()
@Controller()
export class UnsupportedController {
  @Needs('organization.read')
  @Get([
    ...LISTS_OF_ORGANIZATION,
    ...ITEMS_OF_ORGANIZATION,
    `mesdb/v1/${ORGANIZATION_PATH}/clusters/versions`,
  ])
  getOfOrganization(@Req() request: HttpRequest) {
    throw unsupported(request);
  }

  @Needs('organization.read')
  @Post(LISTS_OF_ORGANIZATION)
  postOfOrganization(@Req() request: HttpRequest) {
    throw unsupported(request);
  }

  @Needs('organization.read')
  @Put(ITEMS_OF_ORGANIZATION)
  putOfOrganization(@Req() request: HttpRequest) {
    throw unsupported(request);
  }

  @Needs('organization.read')
  @Delete(ITEMS_OF_ORGANIZATION)
  deleteOfOrganization(@Req() request: HttpRequest) {
    throw unsupported(request);
  }

  @Needs('account.own')
  @Post('access/v1/policy/allowed')
  policyAllowed(@Req() request: HttpRequest) {
    throw unsupported(request);
  }

  @Needs('project.read')
  @Get([
    ...LISTS_OF_PROJECT,
    ...ITEMS_OF_PROJECT,
    orchestrate('history'),
    `${CLUSTER}/upgrade/versions`,
    `${CLUSTER}/initialCredentials`,
  ])
  getOfProject(@Req() request: HttpRequest) {
    throw unsupported(request);
  }

  @Needs('project.read')
  @Post([...LISTS_OF_PROJECT, mesdb('clusters'), infra('peerings/commands'), orchestrate('jobs/:jobId/run')])
  postOfProject(@Req() request: HttpRequest) {
    throw unsupported(request);
  }

  @Needs('project.read')
  @Put([...ITEMS_OF_PROJECT, CLUSTER, `${CLUSTER}/disk/expand`, `${CLUSTER}/commands/:command`])
  putOfProject(@Req() request: HttpRequest) {
    throw unsupported(request);
  }

  @Needs('project.read')
  @Delete([...ITEMS_OF_PROJECT, CLUSTER])
  deleteOfProject(@Req() request: HttpRequest) {
    throw unsupported(request);
  }
}

function unsupported({ routeOptions }: HttpRequest): Problem {
  const segments = (routeOptions?.url ?? '').split('/');
  const [, sentence] = SENTENCES.find(([segment]) => segments.includes(segment)) ?? [];
  return new Problem(404, 'Not Found', sentence ?? 'Spillway has no such thing.');
}
