import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startApiApp, type ApiApp } from './api-app.js';
import { ApiClient } from './api-client.js';
import { addMember, callAs, person, type Person } from './people.js';

const UNKNOWN_ID = '00000000000000000000';

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

const members = async () => (await client.call('GET', `${access}/members`)).json.members;
const placeOf = async ({ accountId }: Person) => {
  const { json } = await client.call('GET', `${access}/members/${accountId}`);
  return [json.member.role, json.member.active];
};
const change = (by: Person, { accountId }: Person, body: unknown) =>
  callAs(client, by)('PUT', `${access}/members/${accountId}`, body);
const remove = (by: Person, { accountId }: Person) =>
  callAs(client, by)('DELETE', `${access}/members/${accountId}`);
const statuses = async (answers: readonly Promise<{ status: number }>[]) =>
  (await Promise.all(answers)).map(({ status }) => status).toSorted((one, other) => one - other);
const deeds = async () =>
  (await client.call('GET', `/audit/v1/organizations/${organizationId}/log`)).json.logs;

describe('members', () => {
  it('have exactly the members that the CLI needs, and a role', async () => {
    const expected = {
      active: true,
      created: api.clock.now().toISOString(),
      email: admin.email,
      id: admin.accountId,
      name: `Person ${admin.accountId}`,
      organizationId,
      role: 'admin',
    };
    const answer = await callAs(client, member)('GET', `${access}/members/${admin.accountId}`);
    expect([answer.status, answer.json]).toEqual([200, { member: expected }]);
    const list = await callAs(client, member)('GET', `${access}/members`);
    expect(list.json.members).toHaveLength(3);
    expect(list.json.members).toContainEqual(expected);
  });

  it('are listed in pages when a limit is given', async () => {
    const first = (await client.call('GET', `${access}/members?limit=2`)).json;
    const second = (await client.call('GET', `${access}/members?limit=2&after=${first.next}`)).json;
    expect([first.members.length, second.members.length, second.next]).toEqual([2, 1, null]);
    const ids = [...first.members, ...second.members].map(({ id }: { id: string }) => id);
    expect(new Set(ids)).toEqual(new Set([owner, admin, member].map(({ accountId }) => accountId)));
  });

  it('of another organization are not found', async () => {
    const other = await person(api, { organizationId: (await client.tenant()).organizationId });
    for (const id of [other.accountId, UNKNOWN_ID, 'x']) {
      for (const [method, body] of [['GET'], ['PUT', { active: false }], ['DELETE']] as const) {
        const answer = await callAs(client, owner)(method, `${access}/members/${id}`, body);
        expect([answer.status, answer.json.detail]).toEqual([404, 'There is no such member.']);
      }
    }
    expect((await callAs(client, other)('GET', `${access}/members`)).status).toBe(404);
  });

  it('change role and are taken out of action, with the very next request', async () => {
    const createProject = () =>
      callAs(client, member)('POST', `/resources/v1/organizations/${organizationId}/projects`, { name: 'p' });
    expect((await createProject()).status).toBe(403);
    expect(await change(owner, member, { role: 'admin' })).toMatchObject({ status: 204, text: '' });
    expect((await createProject()).status).toBe(200);
    await change(owner, member, { active: false });
    expect((await createProject()).status).toBe(404);
    expect(await placeOf(member)).toEqual(['admin', false]);
    await change(owner, member, { active: true });
    expect((await createProject()).status).toBe(200);
    expect((await remove(owner, member)).status).toBe(204);
    expect((await createProject()).status).toBe(404);
    expect(await members()).toHaveLength(2);
  });

  it('are recorded in the audit log when something changed, and only then', async () => {
    await change(owner, member, { role: 'admin', active: true });
    await change(owner, member, { role: 'admin' });
    await change(owner, member, {});
    await remove(owner, member);
    const [removed, changed, ...rest] = await deeds();
    expect(removed).toMatchObject({ action: 'member.removed', user: owner.email, service: 'access' });
    expect(changed).toMatchObject({
      action: 'member.changed',
      changed: ['role'],
      urn: `urn:spillway:organizations/${organizationId}/members/${member.accountId}`,
      message: `Member ${member.email} is now admin`,
    });
    expect(rest.map(({ service }: { service: string }) => service)).not.toContain('access');
  });

  it.each([{ role: 'king' }, { role: null }, { active: 'yes' }])('are not changed to %j', async (body) => {
    const answer = await change(owner, member, body);
    expect([answer.status, Object.keys(answer.json.fields)]).toEqual([400, Object.keys(body)]);
  });
});

describe('an admin', () => {
  it('changes and removes admins and members', async () => {
    expect((await change(admin, member, { role: 'admin' })).status).toBe(204);
    expect((await change(admin, member, { active: false })).status).toBe(204);
    expect((await remove(admin, member)).status).toBe(204);
    expect((await remove(admin, admin)).status).toBe(204);
  });

  it.each([{ role: 'member' }, { active: false }, {}])('may not change an owner by %j', async (body) => {
    expect((await change(admin, owner, body)).status).toBe(403);
    expect(await placeOf(owner)).toEqual(['owner', true]);
  });

  it('may neither remove an owner nor make one', async () => {
    expect((await remove(admin, owner)).status).toBe(403);
    expect((await change(admin, member, { role: 'owner' })).status).toBe(403);
    expect((await change(admin, admin, { role: 'owner' })).status).toBe(403);
    expect(await members()).toHaveLength(3);
  });
});

describe('a member', () => {
  it('may change nobody, not even themselves', async () => {
    expect((await change(member, member, { role: 'owner' })).status).toBe(403);
    expect((await remove(member, member)).status).toBe(403);
    expect((await remove(member, owner)).status).toBe(403);
  });
});

describe('the last active owner', () => {
  it.each([{ role: 'admin' }, { active: false }])('stays one against %j', async (body) => {
    await person(api, { organizationId, role: 'owner' }).then((other) =>
      change(owner, other, { active: false }),
    );
    const answer = await change(owner, owner, body);
    expect([answer.status, answer.json.title]).toEqual([409, 'Conflict']);
    expect((await client.call('PUT', `${access}/members/${owner.accountId}`, body)).status).toBe(409);
    expect(await placeOf(owner)).toEqual(['owner', true]);
  });

  it('cannot be removed, not even by an operator', async () => {
    expect((await remove(owner, owner)).status).toBe(409);
    expect((await client.call('DELETE', `${access}/members/${owner.accountId}`)).status).toBe(409);
  });

  it('is one whose fellow owner cannot sign in any more', async () => {
    const other = await person(api, { organizationId, role: 'owner' });
    await api.database.query('UPDATE accounts SET active = false WHERE id = $1', [other.accountId]);
    expect((await remove(owner, owner)).status).toBe(409);
    expect((await remove(owner, other)).status).toBe(204);
  });

  it('may go once there is another', async () => {
    await change(owner, member, { role: 'owner' });
    expect((await remove(owner, owner)).status).toBe(204);
    expect((await change(member, member, { role: 'admin' })).status).toBe(409);
  });

  it.each(Array.from({ length: 10 }, (_, round) => round))(
    'remains when two owners remove, demote or deactivate each other at once (%i)',
    async (round) => {
      const other = await person(api, { organizationId, role: 'owner' });
      const away = [remove, (by: Person, of: Person) => change(by, of, { role: 'member' })];
      const takeAway = away[round % 2] ?? remove;
      const found = await statuses([takeAway(owner, other), takeAway(other, owner), remove(owner, owner)]);
      const owners = await api.database.query(
        `SELECT 1 FROM memberships WHERE organization_id = $1 AND role = 'owner' AND active`,
        [organizationId],
      );
      expect(owners).toHaveLength(1);
      expect(found.filter((status) => status === 204)).toHaveLength(1);
      // Who lost may have lost their rights meanwhile (403, or 404 when removed), or be the last one (409).
      expect(found.slice(1).every((status) => [403, 404, 409].includes(status))).toBe(true);
    },
  );
});

describe('an operator', () => {
  it('has every right without being a member', async () => {
    const operator = await person(api, { isOperator: true });
    expect((await callAs(client, operator)('GET', `${access}/members`)).status).toBe(200);
    expect((await change(operator, member, { role: 'owner' })).status).toBe(204);
    expect((await remove(operator, owner)).status).toBe(204);
    expect(await members()).toHaveLength(2);
  });
});

describe('an organization', () => {
  it('belongs to whoever creates it, except the built-in operator', async () => {
    const operator = await person(api, { isOperator: true });
    const { json } = await callAs(client, operator)('POST', '/resources/v1/organizations', {
      name: 'theirs',
    });
    const url = `/access/v1/organizations/${json.id}/members`;
    expect((await client.call('GET', url)).json.members).toMatchObject([
      { id: operator.accountId, role: 'owner', active: true },
    ]);
    const own = (await client.tenant()).organizationId;
    expect((await client.call('GET', `/access/v1/organizations/${own}/members`)).json.members).toEqual([]);
  });

  it('that is deleted takes its members and invites with it, and leaves other organizations alone', async () => {
    const other = (await client.tenant()).organizationId;
    await addMember(api, other, member.accountId, 'admin');
    const invite = { userEmail: 'newcomer@example.com' };
    const { code } = (await client.call('POST', `${access}/invites`, invite)).json;
    expect(
      (await callAs(client, owner)('DELETE', `/resources/v1/organizations/${organizationId}`)).status,
    ).toBe(204);
    for (const one of [owner, admin, member])
      expect((await callAs(client, one)('GET', `${access}/members`)).status).toBe(404);
    const accepted = await client.call('POST', '/hub/v1/invites/accept', {
      code,
      name: 'Newcomer',
      password: 'a long enough pass phrase',
    });
    expect(accepted.status).toBe(404);
    const left = 'SELECT 1 FROM memberships WHERE organization_id = $1';
    expect(await api.database.query(left, [organizationId])).toEqual([]);
    const list = await callAs(client, member)('GET', '/resources/v1/organizations');
    expect(list.json.organizations).toMatchObject([{ id: other }]);
  });
});
