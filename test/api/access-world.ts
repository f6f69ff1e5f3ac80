import { newId } from '../../libs/domain/index.js';
import { hashOfToken, INGEST_TOKEN_PREFIX, newTokenText } from '../../libs/identity/tokens/token-text.js';
import type { NamedPlace, Standing } from './access-oracle.js';
import type { ApiApp } from './api-app.js';
import type { ApiClient } from './api-client.js';
import { person } from './people.js';

const AN_HOUR_AND_MORE_MS = 3_700_000;
export const UNKNOWN_ID = '00000000000000000000';

/** Somebody who calls, and what the oracle is to know of them. */
export interface TestCaller extends Standing {
  readonly name: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface TestTenant {
  readonly organizationId: string;
  readonly projectId: string;
  readonly path: string;
}

/** Two organizations, and everybody there is to call. */
export interface AccessWorld {
  readonly own: TestTenant;
  readonly foreign: TestTenant;
  readonly callers: readonly TestCaller[];
  readonly places: Readonly<Record<string, NamedPlace>>;
}

/** Builds it afresh: everybody is somebody new. `operator` is signed in. */
export async function accessWorld(api: ApiApp, operator: ApiClient): Promise<AccessWorld> {
  const [own, foreign] = [await operator.tenant(), await operator.tenant()];
  const { organizationId } = own;
  const expired = await person(api, { organizationId, role: 'owner' });
  api.clock.advance(AN_HOUR_AND_MORE_MS);
  await operator.signIn();
  const projects = `/resources/v1/organizations/${organizationId}/projects`;
  const otherProjectId: string = (await operator.call('POST', projects, { name: 'other' })).json.id;
  const callers: TestCaller[] = [
    { name: 'anonymous', headers: { authorization: '' }, isDead: true },
    { name: 'operator', headers: { authorization: operator.headers['authorization']! }, isOperator: true },
    { name: 'expired token', headers: expired.headers, isDead: true },
    ...(await members(api, organizationId)),
    ...(await outsiders(api, own, foreign)),
    await ingestCaller(api, 'ingest token', own, own.projectId),
    await ingestCaller(api, 'ingest token of another project', own, otherProjectId),
    await ingestCaller(api, 'ingest token of another organization', foreign, foreign.projectId),
  ];
  const place = (ids: Pick<NamedPlace, 'organizationId' | 'projectId'>, has: Partial<NamedPlace>) => ({
    ...ids,
    hasOrganization: false,
    hasProject: false,
    ...has,
  });
  const places = {
    'the own project': place(own, { hasOrganization: true, hasProject: true }),
    "another organization's project": place(foreign, { hasOrganization: true, hasProject: true }),
    'a foreign project under the own organization': place(
      { organizationId, projectId: foreign.projectId },
      { hasOrganization: true },
    ),
    'unknown ids': place({ organizationId: UNKNOWN_ID, projectId: UNKNOWN_ID }, {}),
    'malformed ids': place({ organizationId: 'Acme:1', projectId: "1'--" }, {}),
  };
  return { own, foreign, callers, places };
}

async function members(api: ApiApp, organizationId: string): Promise<TestCaller[]> {
  const roles = ['owner', 'admin', 'member'] as const;
  const found: TestCaller[] = [];
  for (const role of roles) {
    const { headers } = await person(api, { organizationId, role });
    found.push({ name: role, headers, organizationId, role });
  }
  const inactive = await person(api, { organizationId, role: 'owner' });
  await api.database.query('UPDATE memberships SET active = false WHERE account_id = $1', [
    inactive.accountId,
  ]);
  return [...found, { name: 'inactive member', headers: inactive.headers, organizationId, role: null }];
}

async function outsiders(api: ApiApp, own: TestTenant, foreign: TestTenant): Promise<TestCaller[]> {
  const { organizationId } = own;
  const deactivated = await person(api, { organizationId, role: 'owner' });
  await api.database.query('UPDATE accounts SET active = false WHERE id = $1', [deactivated.accountId]);
  const revoked = await person(api, { organizationId, role: 'owner' });
  await api.database.query('UPDATE refresh_tokens SET revoked_at = $2 WHERE account_id = $1', [
    revoked.accountId,
    api.clock.now(),
  ]);
  const stranger = await person(api, { organizationId: foreign.organizationId, role: 'owner' });
  return [
    { name: 'deactivated account', headers: deactivated.headers, isDead: true },
    { name: 'revoked token', headers: revoked.headers, isDead: true },
    {
      name: 'owner of another organization',
      headers: stranger.headers,
      organizationId: foreign.organizationId,
      role: 'owner',
    },
  ];
}

async function ingestCaller(
  { database, clock }: ApiApp,
  name: string,
  { organizationId }: TestTenant,
  projectId: string,
): Promise<TestCaller> {
  const token = newTokenText(INGEST_TOKEN_PREFIX);
  await database.query(
    'INSERT INTO ingest_tokens (id, project_id, label, token_hash, created_at) VALUES ($1, $2, $3, $4, $5)',
    [newId(), projectId, name, hashOfToken(token), clock.now()],
  );
  const headers = { authorization: `Bearer ${token}` };
  return { name, headers, organizationId, projectId, role: 'ingest' };
}
