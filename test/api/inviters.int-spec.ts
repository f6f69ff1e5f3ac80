import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startApiApp, type ApiApp } from './api-app.js';
import { ApiClient } from './api-client.js';
import { addMember, callAs, person, type Person } from './people.js';
import { whileLocked } from './row-lock.js';
import { PASSWORD } from './sign-in-client.js';

const NO_SUCH_INVITE = {
  status: 404,
  detail: 'There is no such invite; it may be used, expired or taken back.',
};

let api: ApiApp;
let client: ApiClient;
let organizationId: string;
let access: string;
let owner: Person;
let admin: Person;
let count = 0;
let email: string;

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
  email = `newcomer-${(count += 1)}@example.com`;
});
afterAll(() => api.close());

const invite = (by: Person, body: object = {}) =>
  callAs(client, by)('POST', `${access}/invites`, { userEmail: email, ...body });
const invites = async () => (await client.call('GET', `${access}/invites`)).json.invites;
const accept = (code: string) => {
  const body = { code, name: 'Newcomer', password: PASSWORD };
  return client.call('POST', '/hub/v1/invites/accept', body, { authorization: '' });
};
const deeds = async () =>
  (await client.call('GET', `/audit/v1/organizations/${organizationId}/log`)).json.logs;

describe('whoever invited and lost their rights', () => {
  const inviter = () => `${access}/members/${admin.accountId}`;

  it.each([
    ['was removed', () => callAs(client, owner)('DELETE', inviter())],
    ['was deactivated', () => callAs(client, owner)('PUT', inviter(), { active: false })],
    ['became a member only', () => callAs(client, owner)('PUT', inviter(), { role: 'member' })],
    [
      'had their account deactivated',
      () => client.call('PATCH', `/hub/v1/accounts/${admin.accountId}`, { active: false }),
    ],
  ])('does not come back by an invite of their own who %s', async (_how, demote) => {
    const { id, code } = (await invite(admin, { role: 'admin' })).json;
    const ofOwner = (await invite(owner, { userEmail: `kept-${email}` })).json;
    const resent = (await invite(admin, { userEmail: `resent-${email}` })).json;
    const again = await callAs(client, owner)('PUT', `${access}/invites`, { id: resent.id });
    expect((await demote()).status).toBeLessThan(300);
    expect((await accept(code)).json).toMatchObject(NO_SUCH_INVITE);
    const listed = (await invites()).map((one: { id: string }) => one.id);
    expect(listed).toHaveLength(2);
    expect(listed).not.toContain(id);
    expect((await accept(ofOwner.code)).status).toBe(201);
    expect((await accept(again.json.code)).status).toBe(201);
  });

  it('keeps their invites when they rise, and an accepted one is left alone', async () => {
    const accepted = (await invite(admin)).json;
    await accept(accepted.code);
    const { code } = (await invite(admin, { userEmail: `other-${email}` })).json;
    const change = (role: string) => callAs(client, owner)('PUT', inviter(), { role });
    await change('owner');
    expect((await accept(code)).status).toBe(201);
    await invite(admin, { userEmail: `third-${email}` });
    await change('admin');
    expect(await invites()).toMatchObject([{ accepted: true }, { accepted: true }]);
    expect((await deeds())[0].message).toMatch(/is now admin; invites of theirs that were taken back: 1$/);
  });

  it('keeps what they sent elsewhere', async () => {
    const elsewhere = (await client.tenant()).organizationId;
    await addMember(api, elsewhere, admin.accountId, 'admin');
    const url = `/access/v1/organizations/${elsewhere}/invites`;
    const { code } = (await callAs(client, admin)('POST', url, { userEmail: email })).json;
    await callAs(client, owner)('DELETE', inviter());
    expect((await accept(code)).status).toBe(201);
  });

  it('lets nobody in by an invite that ends at that moment', async () => {
    const { id, code } = (await invite(admin)).json;
    const { json } = await whileLocked(api, 'invites', id, {
      request: () => accept(code),
      change: (tx) => tx.query('UPDATE invites SET revoked_at = now() WHERE id = $1', [id]),
    });
    expect(json).toMatchObject(NO_SUCH_INVITE);
    expect(await api.database.query('SELECT 1 FROM accounts WHERE email = $1', [email])).toEqual([]);
  });

  it.each([0, 1, 2, 3, 4, 5])(
    'leaves none behind when they are deactivated at that moment (%i)',
    async () => {
      const raced = (who: number) => invite(admin, { userEmail: `raced-${who}-${email}` });
      const before = [0, 1, 2, 3].map(raced);
      const deactivated = client.call('PATCH', `/hub/v1/accounts/${admin.accountId}`, { active: false });
      await Promise.all([...before, deactivated, ...[4, 5, 6, 7].map(raced)]);
      expect(await invites()).toEqual([]);
    },
  );

  it('as an operator who is one no more leaves no invite behind', async () => {
    const operator = await person(api, { isOperator: true });
    const { code } = (await invite(operator)).json;
    await client.call('PATCH', `/hub/v1/accounts/${operator.accountId}`, { isOperator: false });
    expect((await accept(code)).json).toMatchObject(NO_SUCH_INVITE);
  });
});
