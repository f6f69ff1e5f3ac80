import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startApiApp, type ApiApp } from './api-app.js';
import { ApiClient, type Method } from './api-client.js';
import { callAs, person } from './people.js';

const ISSUE_EVENT = {
  key: 'disk',
  event: 'open',
  kind: 'disk-usage',
  severity: 'warning',
  message: 'The disk is nearly full',
};

let api: ApiApp;
let client: ApiClient;
let tenant: { organizationId: string; projectId: string; path: string };

beforeAll(async () => {
  api = await startApiApp();
  client = new ApiClient(api.app);
  await client.signIn();
});
afterAll(() => api.close());
beforeEach(async () => {
  tenant = await client.tenant();
});

const tokensOf = ({ path }: { path: string }) => `/hub/v1/${path}/ingest-tokens`;
const made = async (): Promise<{ id: string; token: string }> =>
  (await client.call('POST', tokensOf(tenant), { label: 'telegraf' })).json;
const callWith = (token: string) => (method: Method, url: string, body?: unknown) =>
  client.call(method, url, body, { authorization: `Bearer ${token}` });

describe('ingest tokens', () => {
  it('are made by name, shown once, listed without their text, and recorded', async () => {
    const { status, json } = await client.call('POST', tokensOf(tenant), { label: 'telegraf' });
    expect(status).toBe(201);
    expect(json).toEqual({ id: expect.any(String), token: expect.stringMatching(/^spi_/) });
    const listed = await client.call('GET', tokensOf(tenant));
    expect(listed.json).toEqual({
      ingestTokens: [{ id: json.id, label: 'telegraf', created: expect.any(String), lastUsed: null }],
      next: null,
    });
    const rows = await api.database.query('SELECT * FROM ingest_tokens');
    expect(JSON.stringify(rows)).not.toContain(json.token);
    const { organizationId, projectId } = tenant;
    const deeds = await api.database.query(
      'SELECT service, action, organization_id, project_id FROM audit_log WHERE urn LIKE $1',
      [`%/ingest-tokens/${String(json.id)}`],
    );
    const place = { organization_id: organizationId, project_id: projectId };
    expect(deeds).toEqual([{ service: 'hub', action: 'ingest-token.created', ...place }]);
  });

  it('write facts into their project, and their use is noted', async () => {
    const { token } = await made();
    const call = callWith(token);
    expect((await call('POST', `/hub/v1/${tenant.path}/issues/events`, ISSUE_EVENT)).status).toBe(202);
    const notified = await call('POST', `/hub/v1/${tenant.path}/notifications`, { message: 'Hello' });
    expect(notified.status).toBe(202);
    const [listed] = (await client.call('GET', tokensOf(tenant))).json.ingestTokens;
    expect(listed.lastUsed).toBe(api.clock.now().toISOString());
  });

  it('read nothing and change nothing', async () => {
    const { token, id } = await made();
    const call = callWith(token);
    const { path, organizationId } = tenant;
    const reads: [Method, string][] = [
      ['GET', `/hub/v1/${path}/issues`],
      ['GET', `/hub/v1/${path}/clusters`],
      ['GET', `/integrate/v1/${path}/integrations`],
      ['GET', `/resources/v1/${path}`],
      ['DELETE', `/resources/v1/${path}`],
      ['GET', tokensOf(tenant)],
      ['POST', tokensOf(tenant)],
      ['DELETE', `${tokensOf(tenant)}/${id}`],
      ['GET', `/resources/v1/organizations/${organizationId}`],
      ['GET', '/resources/v1/organizations'],
      ['GET', '/hub/v1/account'],
      ['GET', '/hub/v1/accounts'],
      ['GET', '/access/v1/tokens/user'],
      ['POST', '/access/v1/tokens/user'],
    ];
    for (const [method, url] of reads)
      expect([method, url, (await call(method, url, { label: 'more' })).status]).toEqual([method, url, 403]);
  });

  it('do not get into another project, as if it were not there', async () => {
    const { token } = await made();
    const other = await client.tenant();
    const call = callWith(token);
    const mixed = `organizations/${tenant.organizationId}/projects/${other.projectId}`;
    for (const path of [other.path, mixed]) {
      const answer = await call('POST', `/hub/v1/${path}/issues/events`, ISSUE_EVENT);
      expect(answer.status).toBe(404);
      expect((await call('GET', `/hub/v1/${path}/issues`)).status).toBe(404);
    }
  });

  it('are no access tokens and no refresh tokens', async () => {
    const { token } = await made();
    const grant = { grant_type: 'refresh_token', refresh_token: token };
    expect((await client.call('POST', '/oauth/token', grant)).json.error).toBe('invalid_grant');
    expect((await callWith('spi_unknown')('GET', '/hub/v1/account')).status).toBe(401);
  });

  it('end at once when they are revoked', async () => {
    const { token, id } = await made();
    expect((await client.call('DELETE', `${tokensOf(tenant)}/${id}`)).status).toBe(204);
    const call = callWith(token);
    expect((await call('POST', `/hub/v1/${tenant.path}/issues/events`, ISSUE_EVENT)).status).toBe(401);
    expect((await client.call('DELETE', `${tokensOf(tenant)}/${id}`)).status).toBe(404);
    expect((await client.call('GET', tokensOf(tenant))).json.ingestTokens).toEqual([]);
  });

  it('end with their project', async () => {
    const { token } = await made();
    expect((await client.call('DELETE', `/resources/v1/${tenant.path}`)).status).toBe(204);
    const answer = await callWith(token)('POST', `/hub/v1/${tenant.path}/issues/events`, ISSUE_EVENT);
    expect(answer.status).toBe(401);
  });

  it('are a hundred at most, also when several are made at once', async () => {
    await api.database.query(
      `INSERT INTO ingest_tokens (id, project_id, label, token_hash, created_at)
       SELECT $1 || n, $1, 'many', $1 || n, now() FROM generate_series(1, 98) n`,
      [tenant.projectId],
    );
    const make = () => client.call('POST', tokensOf(tenant), { label: 'one more' });
    const answers = await Promise.all([make(), make(), make(), make()]);
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 201, 409, 409]);
    expect(answers.find(({ status }) => status === 409)?.json.detail).toContain('revoke one first');
    const { id } = answers.find(({ status }) => status === 201)!.json;
    await client.call('DELETE', `${tokensOf(tenant)}/${String(id)}`);
    expect((await make()).status).toBe(201);
  });

  it('are in the hands of admins, not of members', async () => {
    const { organizationId } = tenant;
    const { id } = await made();
    const member = callAs(client, await person(api, { organizationId, role: 'member' }));
    expect((await member('GET', tokensOf(tenant))).status).toBe(403);
    const admin = callAs(client, await person(api, { organizationId, role: 'admin' }));
    expect((await admin('GET', tokensOf(tenant))).status).toBe(200);
    const other = await client.tenant();
    const foreign = await client.call('DELETE', `${tokensOf(other)}/${id}`);
    expect(foreign.status).toBe(404);
    expect((await client.call('GET', tokensOf(tenant))).json.ingestTokens).toHaveLength(1);
  });
});
