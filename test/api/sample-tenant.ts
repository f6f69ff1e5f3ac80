import { newId } from '../../libs/domain/index.js';
import type { ApiApp } from './api-app.js';
import type { ApiClient } from './api-client.js';
import { person, type Person } from './people.js';

/** A tenant with one of everything, as path parameters name it. */
export interface SampleTenant {
  readonly path: string;
  readonly ids: Readonly<Record<string, string>>;
  /** A member of the organization. */
  readonly member: Person;
}

export const SAMPLE_SLACK = { sink: 'slack', channelId: '#alerts', token: 'xoxb-sample' };
export const SAMPLE_CLUSTER = { name: 'orders-db', nodes: [{ address: 'http://n1.example.com:2113' }] };
export const SAMPLE_EVENT = {
  key: 'backup',
  event: 'open',
  kind: 'backup',
  severity: 'warning',
  message: 'The backup is late.',
};

export const SAMPLE_LINE = 'log,cluster=orders-db,hostname=n1,loglevel=info log="started"';

export const SAMPLE_RULE = {
  name: 'job',
  matcher: [{ path: 'state', op: 'equals', value: 'failed' }],
  message: 'Job {{payload.jobId}} failed',
};
export const SAMPLE_SILENCE = {
  matcher: {},
  until: '2026-06-01T00:00:00Z',
  reason: 'The disks are replaced',
};
export const SAMPLE_WINDOW = {
  matcher: { minimumSeverity: 'warning' },
  reason: 'Backups',
  cron: '0 2 * * 6',
  timeZone: 'Europe/Berlin',
  duration: '2h',
};

/** Makes what the path parameters of the API name; `client` is an operator's. A new parameter needs a line here. */
export async function sampleTenant(api: ApiApp, client: ApiClient): Promise<SampleTenant> {
  const { organizationId, projectId, path } = await client.tenant();
  const made = async (url: string, body: object): Promise<Record<string, string>> => {
    const answer = await client.call('POST', url, body);
    if (answer.status >= 300) throw new Error(`POST ${url}: ${answer.status} ${answer.text}`);
    return answer.json;
  };
  const { id: integrationId } = await made(`/integrate/v1/${path}/integrations`, { data: SAMPLE_SLACK });
  const { id: clusterId } = await made(`/hub/v1/${path}/clusters`, SAMPLE_CLUSTER);
  const { issueId } = await made(`/hub/v1/${path}/issues/events`, SAMPLE_EVENT);
  const { id: inviteId } = await made(`/access/v1/organizations/${organizationId}/invites`, {
    userEmail: `${newId()}@example.com`,
  });
  const { id: ingestTokenId } = await made(`/hub/v1/${path}/ingest-tokens`, { label: 'sample' });
  const { id: silenceId } = await made(`/hub/v1/${path}/silences`, SAMPLE_SILENCE);
  const { id: windowId } = await made(`/hub/v1/${path}/maintenance-windows`, SAMPLE_WINDOW);
  const { id: eventRuleId } = await made(`/hub/v1/${path}/event-rules`, SAMPLE_RULE);
  const member = await person(api, { organizationId });
  const ids = {
    organizationId,
    projectId,
    integrationId: integrationId!,
    clusterId: clusterId!,
    issueId: issueId!,
    inviteId: inviteId!,
    ingestTokenId: ingestTokenId!,
    silenceId: silenceId!,
    windowId: windowId!,
    eventRuleId: eventRuleId!,
    memberId: member.accountId,
    accountId: member.accountId,
    tokenId: await refreshTokenOf(api, member),
    drillId: await drillOf(api, projectId, integrationId!),
    deliveryId: await deliveryOf(api, integrationId!),
  };
  return { path, ids: { ...ids, ...NOBODYS }, member };
}

/** What Spillway does not have: nothing of it can be made, and its routes say so. */
const NOBODYS = Object.fromEntries(
  ['groupId', 'policyId', 'backupId', 'networkId', 'peeringId', 'aclId', 'jobId', 'command'].map((name) => [
    name,
    newId(),
  ]),
);

/** A fire drill that has ended. */
async function drillOf({ database }: ApiApp, projectId: string, integrationId: string): Promise<string> {
  const id = newId();
  await database.query(
    `INSERT INTO drills (id, integration_id, project_id, issue_id, status, started_at, finished_at)
     VALUES ($1, $2, $3, $4, 'passed', now(), now())`,
    [id, integrationId, projectId, newId()],
  );
  return id;
}

/** What the integration owes for the issue. */
async function deliveryOf({ database }: ApiApp, integrationId: string): Promise<string> {
  const sql = 'SELECT id FROM deliveries WHERE integration_id = $1';
  const [row] = await database.query<{ id: string }>(sql, [integrationId]);
  return row!.id;
}

/** The id of the refresh token that somebody signed in with. */
export async function refreshTokenOf({ database }: ApiApp, { accountId }: Person): Promise<string> {
  const [row] = await database.query<{ id: string }>('SELECT id FROM refresh_tokens WHERE account_id = $1', [
    accountId,
  ]);
  return row!.id;
}

/** A path with its parameters filled in. Throws for a parameter that has no sample. */
export const fillPath = (path: string, ids: Readonly<Record<string, string>>): string =>
  path.replaceAll(/:(\w+)|\{(\w+)\}/g, (_match, colon: string | undefined, braces: string | undefined) => {
    const name = colon ?? braces!;
    const id = ids[name];
    if (id === undefined) throw new Error(`There is no sample for the path parameter ${name} of ${path}`);
    return encodeURIComponent(id);
  });
