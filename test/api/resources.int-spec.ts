import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startApiApp, type ApiApp } from './api-app.js';
import { ApiClient, type Method } from './api-client.js';
import { callAs, person } from './people.js';

const ORGANIZATIONS = '/resources/v1/organizations';
const ID = expect.stringMatching(/^[0-9a-v]{20}$/);

let api: ApiApp;
let client: ApiClient;
let organizationId: string;
let organization: string;

beforeAll(async () => {
  api = await startApiApp();
  client = new ApiClient(api.app);
  await client.signIn();
});
beforeEach(async () => {
  ({ organizationId } = await client.tenant());
  organization = `${ORGANIZATIONS}/${organizationId}`;
});
afterAll(() => api.close());

const statusAndJson = async (method: Method, url: string, body?: unknown) => {
  const { status, json } = await client.call(method, url, body);
  return [status, json];
};
const projects = async () => (await client.call('GET', `${organization}/projects`)).json.projects;
const namesOf = (list: readonly { name: string }[]) => list.map(({ name }) => name);

describe('an organization', () => {
  it('is created, read, renamed and deleted with the statuses that the clients take', async () => {
    const [created, { id, ...rest }] = await statusAndJson('POST', ORGANIZATIONS, { name: 'acme' });
    expect([created, id, rest]).toEqual([200, ID, {}]);
    const url = `${ORGANIZATIONS}/${id}`;
    const shown = { id, name: 'acme', created: api.clock.now().toISOString(), provisioningEnabled: true };
    expect(await statusAndJson('GET', url)).toEqual([200, { organization: shown }]);
    expect(await client.call('PUT', url, { name: 'renamed' })).toMatchObject({ status: 204, text: '' });
    expect(await statusAndJson('GET', url)).toEqual([200, { organization: { ...shown, name: 'renamed' } }]);
    expect(await client.call('DELETE', url)).toMatchObject({ status: 204, text: '' });
    expect((await client.call('GET', url)).status).toBe(404);
    expect((await client.call('DELETE', url)).status).toBe(404);
    expect(
      (await client.call('GET', ORGANIZATIONS)).json.organizations.map((one: { id: string }) => one.id),
    ).not.toContain(id);
  });

  it('lists itself to its members only, in the order of ids', async () => {
    const second = (await client.tenant()).organizationId;
    const member = await person(api, { organizationId });
    const { json } = await callAs(client, member)('GET', ORGANIZATIONS);
    expect(json).toEqual({ organizations: [expect.objectContaining({ id: organizationId })] });
    const ids = (await client.call('GET', ORGANIZATIONS)).json.organizations.map(
      (one: { id: string }) => one.id,
    );
    expect(ids).toEqual(expect.arrayContaining([organizationId, second]));
    expect(ids).toEqual(ids.toSorted());
  });

  it('has its flag of MFA read and set in the same shape', async () => {
    expect(await statusAndJson('GET', `${organization}/mfa`)).toEqual([200, { mfaEnabled: false }]);
    expect(await statusAndJson('POST', `${organization}/mfa`, { mfaEnabled: true })).toEqual([
      200,
      { mfaEnabled: true },
    ]);
    expect(await statusAndJson('GET', `${organization}/mfa`)).toEqual([200, { mfaEnabled: true }]);
    const refused = await client.call('POST', `${organization}/mfa`, { mfaEnabled: 'yes' });
    expect([refused.status, Object.keys(refused.json.fields)]).toEqual([400, ['mfaEnabled']]);
  });

  it('is created by operators only, changed by owners only', async () => {
    const admin = await person(api, { organizationId, role: 'admin' });
    const call = callAs(client, admin);
    expect((await call('POST', ORGANIZATIONS, { name: 'mine' })).status).toBe(403);
    expect((await call('PUT', organization, { name: 'mine' })).status).toBe(403);
    expect((await call('DELETE', organization)).status).toBe(403);
    expect((await call('POST', `${organization}/mfa`, { mfaEnabled: true })).status).toBe(403);
    const owner = await person(api, { organizationId, role: 'owner' });
    expect((await callAs(client, owner)('PUT', organization, { name: 'mine' })).status).toBe(204);
  });
});

describe('a project', () => {
  it('is created, read, renamed and deleted as the Terraform provider does it', async () => {
    const goNamed = { OrganizationID: organizationId };
    const [created, { id, ...rest }] = await statusAndJson('POST', `${organization}/projects`, {
      name: 'billing',
      ...goNamed,
    });
    expect([created, id, rest]).toEqual([200, ID, {}]);
    const url = `${organization}/projects/${id}`;
    const project = { id, name: 'billing', organizationId, created: api.clock.now().toISOString() };
    expect(await statusAndJson('GET', url)).toEqual([200, { project }]);
    const change = { name: 'renamed', ...goNamed, ProjectID: id };
    expect(await client.call('PUT', url, change)).toMatchObject({ status: 204, text: '' });
    expect(await statusAndJson('GET', url)).toEqual([200, { project: { ...project, name: 'renamed' } }]);
    expect(await client.call('DELETE', url)).toMatchObject({ status: 204, text: '' });
    expect(await statusAndJson('GET', url)).toEqual([
      404,
      expect.objectContaining({ title: 'Not Found', instance: url }),
    ]);
    expect((await client.call('DELETE', url)).status).toBe(404);
    expect((await client.call('PUT', url, change)).status).toBe(404);
    expect(namesOf(await projects())).toEqual(['orders']);
  });

  it('may have the name of another, and keeps its place in the list', async () => {
    for (const name of ['orders', 'billing', 'orders']) {
      api.clock.advance(1_000);
      await client.call('POST', `${organization}/projects`, { name });
    }
    expect(namesOf(await projects())).toEqual(['orders', 'orders', 'billing', 'orders']);
    expect(await projects()).toEqual(await projects());
  });

  it('keeps a name just as it was given', async () => {
    const name = ' Ünïcode & "quotes"  ';
    const { id } = (await client.call('POST', `${organization}/projects`, { name })).json;
    expect((await client.call('GET', `${organization}/projects/${id}`)).json.project.name).toBe(name);
  });

  it.each([
    {},
    { name: '' },
    { name: ' ' },
    { name: 7 },
    { name: null },
    { Name: 'x' },
    { name: 'x'.repeat(201) },
  ])('is not made or renamed by %j', async (body) => {
    const [project] = await projects();
    for (const [method, url] of [
      ['POST', `${organization}/projects`],
      ['PUT', `${organization}/projects/${project.id}`],
      ['POST', ORGANIZATIONS],
      ['PUT', organization],
    ] as const) {
      const answer = await client.call(method, url, body);
      expect([url, answer.status, Object.keys(answer.json.fields)]).toEqual([url, 400, ['name']]);
    }
    expect(await projects()).toEqual([project]);
  });

  it('is read by members, and made, renamed and deleted by admins', async () => {
    const [{ id }] = await projects();
    const url = `${organization}/projects/${id}`;
    const [admin, member] = [
      await person(api, { organizationId, role: 'admin' }),
      await person(api, { organizationId }),
    ];
    for (const [method, target, body] of [
      ['POST', `${organization}/projects`, { name: 'x' }],
      ['PUT', url, { name: 'x' }],
      ['DELETE', url],
    ] as const) {
      expect((await callAs(client, member)('GET', url)).status).toBe(200);
      expect((await callAs(client, member)(method, target, body)).status).toBe(403);
      expect((await callAs(client, admin)(method, target, body)).status).toBeLessThan(300);
    }
  });
});
