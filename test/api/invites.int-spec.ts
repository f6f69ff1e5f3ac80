import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startApiApp, type ApiApp } from './api-app.js';
import { ApiClient } from './api-client.js';
import { callAs, person, type Person } from './people.js';

const UNKNOWN_ID = '00000000000000000000';
const PASSWORD = 'correct horse battery staple';
const WEEK_MS = 7 * 86_400_000;
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
});
beforeEach(async () => {
  // The clock goes on by weeks here, and access tokens end.
  await client.signIn();
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
const accept = (code: string, change: object = {}) =>
  client.call(
    'POST',
    '/hub/v1/invites/accept',
    { code, name: 'Newcomer', password: PASSWORD, ...change },
    { authorization: '' },
  );
const acceptAs = (by: Person, code: string) =>
  callAs(client, by)('POST', '/hub/v1/account/invites/accept', { code });
const roleOf = async (accountId: string) =>
  (await client.call('GET', `${access}/members/${accountId}`)).json.member?.role;
const deeds = async () =>
  (await client.call('GET', `/audit/v1/organizations/${organizationId}/log`)).json.logs;

describe('an invite', () => {
  it('answers its code once, and is listed without it in the shape that the CLI needs', async () => {
    const { status, json } = await invite(admin);
    expect([status, json]).toEqual([
      200,
      { id: expect.stringMatching(/^[0-9a-v]{20}$/), code: expect.stringMatching(/^spv_[\w-]{43}$/) },
    ]);
    const created = api.clock.now().toISOString();
    expect(await invites()).toEqual([
      { accepted: false, created, email, id: json.id, organizationId, expired: false, role: 'member' },
    ]);
    const kept = JSON.stringify(await api.database.query('SELECT * FROM invites WHERE id = $1', [json.id]));
    expect(kept).not.toContain(json.code);
    const logged = await api.database.query('SELECT * FROM audit_log WHERE organization_id = $1', [
      organizationId,
    ]);
    expect(JSON.stringify(logged)).not.toContain(json.code);
  });

  it('makes an account and a member of whoever has the code', async () => {
    const { code } = (await invite(owner, { role: 'admin', userEmail: email.toUpperCase() })).json;
    const { status, json } = await accept(code);
    expect([status, json]).toEqual([201, { accountId: expect.any(String), organizationId }]);
    const { member } = (await client.call('GET', `${access}/members/${json.accountId}`)).json;
    expect(member).toMatchObject({ email, name: 'Newcomer', role: 'admin', active: true });
    expect(await invites()).toMatchObject([{ email, accepted: true, expired: false }]);
    expect((await deeds())[0]).toMatchObject({ action: 'invite.accepted', user: email });
  });

  it('makes neither when the password is too weak, and its code stays good', async () => {
    const { code } = (await invite(owner)).json;
    for (const password of ['short', undefined, null]) {
      const answer = await accept(code, { password });
      expect([answer.status, Object.keys(answer.json.fields)]).toEqual([400, ['password']]);
    }
    expect(await invites()).toMatchObject([{ accepted: false }]);
    expect((await accept(code)).status).toBe(201);
  });

  it('is good once', async () => {
    const { code } = (await invite(owner)).json;
    await accept(code);
    expect((await accept(code)).json).toMatchObject(NO_SUCH_INVITE);
  });

  it('is good once, however many use it at the same time', async () => {
    const { code } = (await invite(owner)).json;
    const answers = await Promise.all([accept(code), accept(code), accept(code)]);
    expect(answers.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([
      201, 404, 404,
    ]);
    expect(await api.database.query('SELECT 1 FROM accounts WHERE email = $1', [email])).toHaveLength(1);
  });

  it.each(['used', 'expired', 'taken back', 'replaced', 'resent', 'unknown'])(
    'that is %s is the same 404',
    async (what) => {
      const { id, code } = (await invite(owner)).json;
      if (what === 'used') await accept(code);
      if (what === 'taken back') await callAs(client, owner)('DELETE', `${access}/invites/${id}`);
      if (what === 'replaced') await invite(owner);
      if (what === 'resent') await callAs(client, owner)('PUT', `${access}/invites`, { id });
      if (what === 'expired') api.clock.advance(WEEK_MS);
      expect((await accept(what === 'unknown' ? 'spv_unknown' : code)).json).toMatchObject(NO_SUCH_INVITE);
    },
  );

  it('expires after 7 days, is listed as expired, and is good again when it is sent again', async () => {
    const { id, code } = (await invite(owner)).json;
    api.clock.advance(WEEK_MS);
    await client.signIn();
    expect(await invites()).toMatchObject([{ id, expired: true }]);
    const again = await client.call('PUT', `${access}/invites`, { id });
    expect([again.status, again.json]).toEqual([200, { id, code: expect.stringMatching(/^spv_/) }]);
    expect(again.json.code).not.toBe(code);
    api.clock.advance(WEEK_MS - 1);
    expect((await accept(again.json.code)).status).toBe(201);
  });

  it('replaces an earlier one of the same address', async () => {
    const first = (await invite(owner)).json;
    const second = (await invite(owner, { role: 'admin' })).json;
    expect(await invites()).toMatchObject([{ id: second.id, role: 'admin' }]);
    expect((await callAs(client, owner)('PUT', `${access}/invites`, { id: first.id })).status).toBe(404);
    const codes = await Promise.all([invite(owner), invite(owner)]);
    expect(codes.map(({ status }) => status)).toEqual([200, 200]);
    expect(await invites()).toHaveLength(1);
  });

  it('is taken back once', async () => {
    const { id } = (await invite(owner)).json;
    const url = `${access}/invites/${id}`;
    expect(await callAs(client, admin)('DELETE', url)).toMatchObject({ status: 204, text: '' });
    expect((await callAs(client, admin)('DELETE', url)).status).toBe(404);
    expect(await invites()).toEqual([]);
    expect((await deeds()).map(({ action }: { action: string }) => action).slice(0, 2)).toEqual([
      'invite.revoked',
      'invite.created',
    ]);
  });

  it('that was accepted is neither taken back nor sent again', async () => {
    const { id, code } = (await invite(owner)).json;
    await accept(code);
    expect((await callAs(client, owner)('DELETE', `${access}/invites/${id}`)).status).toBe(409);
    expect((await callAs(client, owner)('PUT', `${access}/invites`, { id })).status).toBe(409);
  });

  it('of another organization is not found', async () => {
    const { id } = (await invite(owner)).json;
    const other = await client.tenant();
    const stranger = await person(api, { organizationId: other.organizationId, role: 'owner' });
    const url = `/access/v1/organizations/${other.organizationId}/invites`;
    expect((await callAs(client, stranger)('DELETE', `${url}/${id}`)).status).toBe(404);
    expect((await callAs(client, stranger)('PUT', url, { id })).status).toBe(404);
    expect((await callAs(client, stranger)('GET', `${access}/invites`)).status).toBe(404);
    expect((await callAs(client, owner)('DELETE', `${access}/invites/${UNKNOWN_ID}`)).status).toBe(404);
    expect(await invites()).toHaveLength(1);
  });
});

describe('whoever invites', () => {
  it('must be an owner or admin', async () => {
    const member = await person(api, { organizationId });
    expect((await invite(member)).status).toBe(403);
    expect((await callAs(client, member)('GET', `${access}/invites`)).status).toBe(200);
  });

  it('as an admin makes no owner, and does not touch the invite of one', async () => {
    expect((await invite(admin, { role: 'owner' })).status).toBe(403);
    const { id } = (await invite(owner, { role: 'owner' })).json;
    expect((await callAs(client, admin)('PUT', `${access}/invites`, { id })).status).toBe(403);
    expect((await callAs(client, admin)('DELETE', `${access}/invites/${id}`)).status).toBe(403);
    expect((await invite(admin)).status).toBe(403);
    expect(await invites()).toMatchObject([{ id, role: 'owner' }]);
  });

  it('cannot invite who is a member already, active or not', async () => {
    for (const active of [true, false]) {
      await callAs(client, owner)('PUT', `${access}/members/${admin.accountId}`, { active });
      const answer = await invite(owner, { userEmail: admin.email.toUpperCase() });
      expect([answer.status, answer.json.title]).toEqual([409, 'Conflict']);
    }
  });

  it.each([
    [{ userEmail: 'nobody' }, 'userEmail'],
    [{ userEmail: undefined }, 'userEmail'],
    [{ userEmail: `${'a'.repeat(250)}@example.com` }, 'userEmail'],
    [{ role: 'king' }, 'role'],
    [{ groups: ['x'] }, 'groups'],
    [{ groups: 'x' }, 'groups'],
  ])('is told what is wrong with %j', async (body, field) => {
    const answer = await invite(owner, body);
    expect([answer.status, Object.keys(answer.json.fields)]).toEqual([400, [field]]);
  });

  it.each([{ groups: [] }, { groups: null }, { Groups: ['x'] }])('may send %j along', async (body) => {
    expect((await invite(owner, body)).status).toBe(200);
  });

  it('is held to the domain of the organization, also when sending again', async () => {
    const { id } = (await invite(owner)).json;
    await callAs(client, owner)('PUT', `${access}/settings`, { restrictInviteDomain: 'corp.example' });
    const refused = await invite(owner);
    expect([refused.status, refused.json.fields]).toEqual([
      400,
      { userEmail: 'must be an address at corp.example' },
    ]);
    expect((await callAs(client, owner)('PUT', `${access}/invites`, { id })).status).toBe(409);
    expect((await invite(owner, { userEmail: `${count}@CORP.example` })).status).toBe(200);
  });

  it('is held to it also when the domain was set after the invite, which makes no account then', async () => {
    const { code } = (await invite(owner)).json;
    const known = await person(api);
    const theirs = (await invite(owner, { userEmail: known.email })).json;
    const restrict = (restrictInviteDomain: string) =>
      callAs(client, owner)('PUT', `${access}/settings`, { restrictInviteDomain });
    await restrict('corp.example');
    for (const answer of [await accept(code), await acceptAs(known, theirs.code)])
      expect([answer.status, answer.json.detail]).toEqual([
        409,
        'The organization now invites only people at corp.example.',
      ]);
    expect(await api.database.query('SELECT 1 FROM accounts WHERE email = $1', [email])).toEqual([]);
    await restrict('');
    expect((await accept(code)).status).toBe(201);
    expect((await acceptAs(known, theirs.code)).status).toBe(201);
  });
});

describe('somebody with an account', () => {
  it('is told to sign in, and joins then, with what is theirs elsewhere untouched', async () => {
    const elsewhere = (await client.tenant()).organizationId;
    const known = await person(api, { organizationId: elsewhere, role: 'owner', email });
    const { code } = (await invite(owner)).json;
    const answer = await accept(code);
    expect([answer.status, answer.json.detail]).toEqual([
      409,
      expect.stringContaining('/hub/v1/account/invites/accept'),
    ]);
    const accepted = await acceptAs(known, code);
    expect([accepted.status, accepted.json]).toEqual([201, { accountId: known.accountId, organizationId }]);
    expect(await roleOf(known.accountId)).toBe('member');
    expect((await callAs(client, known)('GET', `${access}/members`)).status).toBe(200);
    expect((await acceptAs(known, code)).json).toMatchObject(NO_SUCH_INVITE);
    const { organizations } = (await callAs(client, known)('GET', '/resources/v1/organizations')).json;
    expect(organizations).toHaveLength(2);
  });

  it('is not told from somebody without one by a password that makes no account', async () => {
    const unknown = (await invite(admin)).json;
    const { email: knownAs } = await person(api);
    const known = (await invite(admin, { userEmail: knownAs })).json;
    const answers = await Promise.all(
      [unknown, known].map(async ({ code }) => (await accept(code, { password: 'short' })).json),
    );
    expect(answers[0]).toMatchObject({ status: 400, fields: { password: expect.any(String) } });
    expect(answers[1]).toEqual(answers[0]);
  });

  it('joins once, however often they accept at the same time', async () => {
    const known = await person(api, { email });
    const { code } = (await invite(owner)).json;
    const answers = await Promise.all([acceptAs(known, code), acceptAs(known, code), acceptAs(known, code)]);
    expect(answers.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([
      201, 404, 404,
    ]);
    const { members } = (await client.call('GET', `${access}/members`)).json;
    expect(members.filter(({ id }: { id: string }) => id === known.accountId)).toHaveLength(1);
  });

  it('cannot use the invite of somebody else: it is as if there were none', async () => {
    const other = await person(api);
    const { code } = (await invite(owner)).json;
    expect((await acceptAs(other, code)).json).toMatchObject(NO_SUCH_INVITE);
    expect((await acceptAs(other, 'spv_unknown')).json).toMatchObject(NO_SUCH_INVITE);
    expect((await accept(code)).status).toBe(201);
  });

  it('either joins or finds the invite taken back, when both happen at once', async () => {
    const known = await person(api, { email });
    const { id, code } = (await invite(owner)).json;
    const [joined, revoked] = await Promise.all([
      acceptAs(known, code),
      callAs(client, owner)('DELETE', `${access}/invites/${id}`),
    ]);
    expect([
      [201, 409],
      [404, 204],
    ]).toContainEqual([joined.status, revoked.status]);
  });
});

describe('with an external issuer', () => {
  it('the account is made without a password, and none is taken', async () => {
    const issuer = 'https://issuer.example';
    const other = await startApiApp({
      environment: { SPILLWAY_OIDC_ISSUER: issuer, SPILLWAY_OIDC_AUDIENCE: 'spillway' },
    });
    try {
      const there = new ApiClient(other.app);
      await there.signIn();
      const tenant = await there.tenant();
      const url = `/access/v1/organizations/${tenant.organizationId}/invites`;
      const { code } = (await there.call('POST', url, { userEmail: 'ann@example.com' })).json;
      const body = { code, name: 'Ann' };
      const refused = await there.call('POST', '/hub/v1/invites/accept', { ...body, password: PASSWORD });
      expect([refused.status, refused.json.fields]).toEqual([
        400,
        { password: `is not set here: people sign in at ${issuer}` },
      ]);
      expect((await there.call('POST', '/hub/v1/invites/accept', body)).status).toBe(201);
      const rows = await other.database.query(
        `SELECT password_hash FROM accounts WHERE email = 'ann@example.com'`,
      );
      expect(rows).toEqual([{ password_hash: null }]);
    } finally {
      await other.close();
    }
  });
});
