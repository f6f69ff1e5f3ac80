import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startApiApp, type ApiApp } from './api-app.js';
import { ApiClient } from './api-client.js';
import { callAs, person, type Person } from './people.js';

let api: ApiApp;
let client: ApiClient;
let organizationId: string;
let access: string;
let owner: Person;
let admin: Person;
let member: Person;

beforeAll(async () => {
  api = await startApiApp();
  client = new ApiClient(api.app);
  await client.signIn();
});
beforeEach(async () => {
  ({ organizationId } = await client.tenant());
  access = `/access/v1/organizations/${organizationId}`;
  owner = await person(api, { organizationId, role: 'owner' });
  admin = await person(api, { organizationId, role: 'admin' });
  member = await person(api, { organizationId, role: 'member' });
});
afterAll(() => api.close());

const deeds = async () =>
  (await client.call('GET', `/audit/v1/organizations/${organizationId}/log`)).json.logs;

describe('settings', () => {
  const settings = async () => (await client.call('GET', `${access}/settings`)).json;
  const put = (by: Person, body: unknown) => callAs(client, by)('PUT', `${access}/settings`, body);

  it('are shown to every member and changed by owners, bare or wrapped, partly', async () => {
    const shown = await callAs(client, member)('GET', `${access}/settings`);
    expect(shown.json).toEqual({ settings: { requireMfa: false, restrictInviteDomain: '' } });
    expect(await put(owner, { restrictInviteDomain: 'Example.com' })).toMatchObject({
      status: 204,
      text: '',
    });
    await client.call('PUT', `${access}/settings`, { settings: { requireMfa: true } });
    expect(await settings()).toEqual({ settings: { requireMfa: true, restrictInviteDomain: 'example.com' } });
    const [second, first] = await deeds();
    expect([first.changed, second.changed]).toEqual([['restrictInviteDomain'], ['requireMfa']]);
    expect((await put(admin, { requireMfa: false })).status).toBe(403);
  });

  it.each([null, ''])('take the restriction back with %j', async (none) => {
    await put(owner, { restrictInviteDomain: 'example.com' });
    await put(owner, { settings: { restrictInviteDomain: none } });
    expect((await settings()).settings.restrictInviteDomain).toBe('');
  });

  it.each(['localhost', '@example.com', 'exa mple.com', 'a..b', 'ä.example', '-a.example'])(
    'do not take the domain %j',
    async (restrictInviteDomain) => {
      const answer = await put(owner, { restrictInviteDomain });
      expect([answer.status, Object.keys(answer.json.fields)]).toEqual([400, ['restrictInviteDomain']]);
    },
  );

  it('ask for a second factor under the same name as the resources API, of those who have shown one', async () => {
    expect((await put(owner, { requireMfa: true })).status).toBe(409);
    const strong = await person(api, { organizationId, role: 'owner', mfa: true });
    expect((await put(strong, { requireMfa: true })).status).toBe(204);
    const mfa = `/resources/v1/organizations/${organizationId}/mfa`;
    expect((await callAs(client, strong)('GET', mfa)).json).toEqual({ mfaEnabled: true });
    expect((await callAs(client, owner)('GET', `${access}/settings`)).status).toBe(403);
    await callAs(client, strong)('POST', mfa, { mfaEnabled: false });
    expect((await settings()).settings.requireMfa).toBe(false);
  });

  it('change nothing with an empty body', async () => {
    const before = (await deeds()).length;
    expect((await put(owner, {})).status).toBe(204);
    expect(await deeds()).toHaveLength(before);
  });
});
