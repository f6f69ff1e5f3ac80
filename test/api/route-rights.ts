/**
 * Which right each route needs, said a second time and by hand: the decorators are not read here, so that a route whose
 * right was changed, and a new route, fail the matrix until they are here, too. `{organization}` and `{project}` stand for
 * the paths of a tenant.
 */
const ROUTES: Readonly<Record<string, readonly string[]>> = {
  public: [
    'GET /.well-known/jwks.json',
    'GET /.well-known/public-key.pem',
    'GET /health/live',
    'GET /health/ready',
    'POST /hub/v1/invites/accept',
    'POST /mfa/challenge',
    'POST /oauth/token',
  ],
  'account.own': [
    'DELETE /access/v1/tokens/user/:tokenId',
    'DELETE /hub/v1/account/mfa',
    'GET /access/v1/tokens/user',
    'GET /audit/v1/user/log',
    'GET /hub/v1/account',
    'POST /access/v1/tokens/user',
    'POST /hub/v1/account/invites/accept',
    'POST /hub/v1/account/mfa',
    'POST /hub/v1/account/mfa/confirm',
    'PUT /hub/v1/account/password',
  ],
  'organizations.list': ['GET /resources/v1/organizations'],
  'organizations.create': ['POST /resources/v1/organizations'],
  'hub.observe': ['GET /hub/v1/audit', 'GET /metrics'],
  'hub.accounts.manage': [
    'DELETE /hub/v1/accounts/:accountId/external-identity',
    'DELETE /hub/v1/accounts/:accountId/mfa',
    'GET /hub/v1/accounts',
    'GET /hub/v1/accounts/:accountId',
    'PATCH /hub/v1/accounts/:accountId',
    'POST /hub/v1/accounts',
  ],
  'organization.read': [
    'GET /access/v1/{organization}/settings',
    'GET /resources/v1/{organization}',
    'GET /resources/v1/{organization}/mfa',
  ],
  'organization.manage': [
    'DELETE /resources/v1/{organization}',
    'POST /resources/v1/{organization}/mfa',
    'PUT /access/v1/{organization}/settings',
    'PUT /resources/v1/{organization}',
  ],
  'members.read': [
    'GET /access/v1/{organization}/invites',
    'GET /access/v1/{organization}/members',
    'GET /access/v1/{organization}/members/:memberId',
  ],
  'members.manage': [
    'DELETE /access/v1/{organization}/invites/:inviteId',
    'DELETE /access/v1/{organization}/members/:memberId',
    'POST /access/v1/{organization}/invites',
    'PUT /access/v1/{organization}/invites',
    'PUT /access/v1/{organization}/members/:memberId',
  ],
  'audit.read': ['GET /audit/v1/{organization}/log'],
  'projects.list': ['GET /resources/v1/{organization}/projects'],
  'projects.create': ['POST /resources/v1/{organization}/projects'],
  'project.read': ['GET /resources/v1/{project}'],
  'project.manage': ['DELETE /resources/v1/{project}', 'PUT /resources/v1/{project}'],
  'integrations.options': ['GET /integrate/v1/{organization}/integrations/options'],
  'integrations.read': [
    'GET /hub/v1/{project}/integrations/:integrationId/drills',
    'GET /hub/v1/{project}/integrations/:integrationId/drills/:drillId',
    'GET /hub/v1/{project}/integrations/:integrationId/deliveries',
    'GET /hub/v1/{project}/integrations/:integrationId/deliveries/:deliveryId',
    'GET /hub/v1/{project}/integrations/:integrationId/health',
    'GET /hub/v1/{project}/integrations/:integrationId/ledger',
    'GET /hub/v1/{project}/integrations/:integrationId/rejected',
    'GET /hub/v1/{project}/integrations/:integrationId/settings',
    'GET /hub/v1/{project}/integrations/:integrationId/streams',
    'GET /hub/v1/{project}/maintenance-windows',
    'GET /hub/v1/{project}/maintenance-windows/:windowId',
    'GET /hub/v1/{project}/silences',
    'GET /hub/v1/{project}/silences/:silenceId',
    'GET /integrate/v1/{project}/integrations',
    'GET /integrate/v1/{project}/integrations/:integrationId',
    'POST /hub/v1/{project}/explain',
  ],
  'integrations.manage': [
    'DELETE /hub/v1/{project}/maintenance-windows/:windowId',
    'DELETE /hub/v1/{project}/silences/:silenceId',
    'DELETE /integrate/v1/{project}/integrations/:integrationId',
    'POST /hub/v1/{project}/integrations/projection',
    'POST /hub/v1/{project}/integrations/test',
    'POST /hub/v1/{project}/maintenance-windows',
    'POST /hub/v1/{project}/silences',
    'POST /integrate/v1/{project}/integrations',
    'POST /hub/v1/{project}/integrations/:integrationId/drill',
    'POST /hub/v1/{project}/integrations/:integrationId/pause',
    'POST /hub/v1/{project}/integrations/:integrationId/resume',
    'POST /integrate/v1/{project}/integrations/:integrationId/test',
    'PUT /hub/v1/{project}/integrations/:integrationId/settings',
    'PUT /hub/v1/{project}/maintenance-windows/:windowId',
    'PUT /hub/v1/{project}/silences/:silenceId',
    'PUT /integrate/v1/{project}/integrations/:integrationId',
    'POST /hub/v1/{project}/integrations/:integrationId/replay',
  ],
  'clusters.read': [
    'GET /hub/v1/{project}/clusters',
    'GET /hub/v1/{project}/clusters/:clusterId',
    'GET /hub/v1/{project}/clusters/:clusterId/logs',
    'GET /hub/v1/{project}/clusters/:clusterId/logs/tail',
    'GET /hub/v1/{project}/clusters/:clusterId/observations',
    'GET /mesdb/v1/{project}/clusters',
    'GET /mesdb/v1/{project}/clusters/:clusterId',
  ],
  'clusters.manage': [
    'DELETE /hub/v1/{project}/clusters/:clusterId',
    'PATCH /hub/v1/{project}/clusters/:clusterId',
    'POST /hub/v1/{project}/clusters',
    'POST /hub/v1/{project}/clusters/:clusterId/provisioning',
    'PUT /hub/v1/{project}/clusters/:clusterId',
  ],
  'issues.read': [
    'GET /hub/v1/{project}/issues',
    'GET /hub/v1/{project}/issues/:issueId',
    'GET /hub/v1/{project}/issues/:issueId/explain',
    'GET /hub/v1/{project}/notifications',
  ],
  'issues.acknowledge': [
    'DELETE /hub/v1/{project}/issues/:issueId/acknowledge',
    'POST /hub/v1/{project}/issues/:issueId/acknowledge',
  ],
  'facts.write': [
    'POST /hub/v1/{project}/api/write',
    'POST /hub/v1/{project}/issues/events',
    'POST /hub/v1/{project}/notifications',
  ],
  'facts.write.own': ['POST /api/write'],
  'ingest-tokens.manage': [
    'DELETE /hub/v1/{project}/ingest-tokens/:ingestTokenId',
    'GET /hub/v1/{project}/ingest-tokens',
    'POST /hub/v1/{project}/ingest-tokens',
  ],
};

const inFull = (route: string): string =>
  route
    .replace('{project}', '{organization}/projects/:projectId')
    .replace('{organization}', 'organizations/:organizationId');

/** `METHOD path` → the right that it needs, or `public`; without those that say only that we do not offer them. */
export const RIGHT_OF_ROUTE: ReadonlyMap<string, string> = new Map(
  Object.entries(ROUTES).flatMap(([right, routes]) => routes.map((route) => [inFull(route), right])),
);
