import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BOOTSTRAP_TOKEN, startApiApp, type ApiApp } from './api-app.js';
import { ApiClient } from './api-client.js';
import { person } from './people.js';
import { PASSWORD, SignInClient } from './sign-in-client.js';

const ACCOUNTS = '/hub/v1/accounts';
const ACCOUNT = '/hub/v1/account';
const BUILT_IN = `${ACCOUNTS}/000000000000000admin`;
const NEW_PASSWORD = 'another good password';

let api: ApiApp;
let operator: ApiClient;
let client: SignInClient;

beforeAll(async () => {
  api = await startApiApp({ environment: { SPILLWAY_TRUSTED_PROXIES: '127.0.0.1' } });
  operator = new ApiClient(api.app);
});
afterAll(() => api.close());
beforeEach(async () => {
  await api.database.query('UPDATE accounts SET is_operator = false WHERE email IS NOT NULL');
  await api.database.query('UPDATE accounts SET active = true WHERE email IS NULL');
  await api.database.query('UPDATE refresh_tokens SET revoked_at = NULL WHERE label = $1', ['bootstrap']);
  await operator.signIn();
  client = new SignInClient(api, operator);
});

const actions = async (id: string): Promise<string[]> => {
  const rows = await api.database.query<{ action: string }>(
    'SELECT action FROM audit_log WHERE urn = $1 ORDER BY seq',
    [`urn:spillway:accounts/${id}`],
  );
  return rows.map(({ action }) => action);
};

describe('accounts, for operators', () => {
  it('are made, shown, listed and changed', async () => {
    const { id, email } = await client.holder();
    const shown = {
      id,
      email,
      name: 'Ada',
      isOperator: false,
      active: true,
      hasPassword: true,
      mfaEnabled: false,
      externalIssuer: null,
      created: expect.any(String),
      updated: expect.any(String),
    };
    expect((await operator.call('GET', `${ACCOUNTS}/${id}`)).json).toEqual(shown);
    expect((await operator.call('GET', `${ACCOUNTS}?limit=200`)).json.accounts).toContainEqual(shown);
    const changed = await operator.call('PATCH', `${ACCOUNTS}/${id}`, { name: 'Ada L.', isOperator: true });
    expect([changed.status, changed.json]).toEqual([200, { ...shown, name: 'Ada L.', isOperator: true }]);
    expect(await actions(id)).toEqual(['account.created', 'account.changed']);
    await operator.call('PATCH', `${ACCOUNTS}/${id}`, { name: 'Ada L.' });
    expect(await actions(id)).toHaveLength(2);
  });

  it('are listed in pages', async () => {
    for (let made = 0; made < 3; made += 1) await client.holder({ password: undefined });
    const ids: string[] = [];
    let after = '';
    for (let next: string | null = ''; next !== null;) {
      const { json } = await operator.call('GET', `${ACCOUNTS}?limit=2${after}`);
      expect(json.accounts.length).toBeLessThanOrEqual(2);
      ids.push(...json.accounts.map((account: { id: string }) => account.id));
      next = json.next;
      after = `&after=${String(next)}`;
    }
    const [{ count } = { count: '' }] = await api.database.query<{ count: string }>(
      'SELECT count(*) FROM accounts',
    );
    expect(new Set(ids).size).toBe(Number(count));
  });

  it('have one account per address, in any case', async () => {
    const { email } = await client.holder();
    const again = await operator.call('POST', ACCOUNTS, { email: email.toUpperCase(), name: 'Eve' });
    expect(again.status).toBe(409);
  });

  it.each([
    ['a short password', { password: 'eleven chars'.slice(0, 11) }, 'password'],
    ['an endless one', { password: 'ab'.repeat(129) }, 'password'],
    [
      'one with the name of the address',
      { email: 'ada.king@example.com', password: 'my ADA.KING password' },
      'password',
    ],
    ['one character repeated', { password: 'x'.repeat(20) }, 'password'],
    ['no address', { email: 'ada' }, 'email'],
    ['no name', { name: ' ' }, 'name'],
  ])('refuse %s by name', async (_what, members, field) => {
    const body = { email: 'ada@example.com', name: 'Ada', password: PASSWORD, ...members };
    const { status, json } = await operator.call('POST', ACCOUNTS, body);
    expect([status, Object.keys(json.fields)]).toEqual([400, [field]]);
  });

  it('are none of the business of others', async () => {
    const { headers } = await person(api);
    const call = (method: 'GET' | 'POST', url: string) => operator.call(method, url, {}, { ...headers });
    expect((await call('GET', ACCOUNTS)).status).toBe(403);
    expect((await call('POST', ACCOUNTS)).status).toBe(403);
    expect((await operator.call('GET', `${ACCOUNTS}/00000000000000000000`)).status).toBe(404);
    expect((await operator.call('PATCH', `${ACCOUNTS}/00000000000000000000`, {})).status).toBe(404);
  });

  it('lose all tokens when they are deactivated, and do not get them back', async () => {
    const { id, email } = await client.holder();
    const session = await client.session(email);
    const named = await client.call(session, 'POST', '/access/v1/tokens/user', { label: 'terraform' });
    const refresh = { grant_type: 'refresh_token', refresh_token: named.json.refreshToken };
    await operator.call('PATCH', `${ACCOUNTS}/${id}`, { active: false });
    expect((await client.call(session, 'GET', ACCOUNT)).status).toBe(401);
    expect((await client.grant(refresh)).status).toBe(400);
    await operator.call('PATCH', `${ACCOUNTS}/${id}`, { active: true });
    expect((await client.call(session, 'GET', ACCOUNT)).status).toBe(401);
    expect((await client.grant(refresh)).status).toBe(400);
    expect((await client.password(email)).status).toBe(200);
  });

  it('lose all tokens and the second factor when an operator gives them another password', async () => {
    const { id, email } = await client.holder();
    const session = await client.session(email);
    await client.enrol(session);
    const named = await client.call(session, 'POST', '/access/v1/tokens/user', { label: 'terraform' });
    const changed = await operator.call('PATCH', `${ACCOUNTS}/${id}`, { password: NEW_PASSWORD });
    expect(changed.status).toBe(200);
    expect((await client.call(session, 'GET', ACCOUNT)).status).toBe(401);
    const refresh = { grant_type: 'refresh_token', refresh_token: named.json.refreshToken };
    expect((await client.grant(refresh)).status).toBe(400);
    expect((await client.password(email)).status).toBe(400);
    expect((await client.password(email, NEW_PASSWORD)).status).toBe(200);
    const [deed] = await api.database.query<{ changed: string[] }>(
      `SELECT changed FROM audit_log WHERE urn = $1 AND action = 'account.changed'`,
      [`urn:spillway:accounts/${id}`],
    );
    expect(deed?.changed).toEqual(['password', 'secondFactor']);
  });

  it('get a lost second factor reset, and their tokens count as got without one', async () => {
    const { id, email } = await client.holder();
    const session = await client.session(email);
    await client.enrol(session);
    expect((await operator.call('DELETE', `${ACCOUNTS}/${id}/mfa`)).status).toBe(204);
    expect((await client.password(email)).status).toBe(200);
    const { tokens } = (await client.call(session, 'GET', '/access/v1/tokens/user')).json;
    expect(tokens.map(({ mfa }: { mfa: boolean }) => mfa)).toEqual([false, false]);
    expect(await actions(id)).toContain('mfa.reset');
  });

  it('get it reset also when there is none here but tokens count as got with one, except the built-in operator', async () => {
    const { accountId, headers } = await person(api, { mfa: true });
    const mfaOf = async (id: string) =>
      api.database.query('SELECT mfa FROM refresh_tokens WHERE account_id = $1 AND revoked_at IS NULL', [id]);
    const reset = (url: string) => operator.call('DELETE', `${url}/mfa`);
    expect((await reset(`${ACCOUNTS}/${accountId}`)).status).toBe(204);
    expect(await mfaOf(accountId)).toEqual([{ mfa: false }]);
    expect((await operator.call('GET', ACCOUNT, undefined, { ...headers })).status).toBe(200);
    expect(await actions(accountId)).toEqual(['mfa.reset']);
    await reset(`${ACCOUNTS}/${accountId}`);
    expect(await actions(accountId)).toEqual(['mfa.reset']);
    expect((await reset(BUILT_IN)).status).toBe(204);
    expect(await mfaOf('000000000000000admin')).toEqual([{ mfa: true }]);
  });
});

describe('the last operator who can sign in', () => {
  it('is neither deactivated nor demoted', async () => {
    const { id, email } = await client.holder({ isOperator: true });
    await client.holder({ isOperator: true, password: undefined });
    const session = await client.session(email);
    const patch = (url: string, change: object) => client.call(session, 'PATCH', url, change);
    expect((await patch(BUILT_IN, { active: false })).status).toBe(200);
    expect((await operator.call('GET', ACCOUNTS)).status).toBe(401);
    for (const change of [{ active: false }, { isOperator: false }])
      expect((await patch(`${ACCOUNTS}/${id}`, change)).status).toBe(409);
    expect((await patch(BUILT_IN, { active: true })).status).toBe(200);
    expect((await patch(`${ACCOUNTS}/${id}`, { isOperator: false })).status).toBe(200);
  });

  it('is not deactivated either when two do it to each other at once', async () => {
    const two = [await client.holder({ isOperator: true }), await client.holder({ isOperator: true })];
    const sessions = await Promise.all(two.map(({ email }) => client.session(email)));
    await client.call(sessions[0]!, 'PATCH', BUILT_IN, { active: false });
    const answers = await Promise.all(
      sessions.map((session, index) =>
        client.call(session, 'PATCH', `${ACCOUNTS}/${two[1 - index]!.id}`, { active: false }),
      ),
    );
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409]);
  });

  it('is not the built-in one while it is the only one', async () => {
    expect((await operator.call('PATCH', BUILT_IN, { active: false })).status).toBe(409);
  });

  it('may be the built-in one, which has no password and stays an operator', async () => {
    await client.holder({ isOperator: true });
    expect((await operator.call('PATCH', BUILT_IN, { password: NEW_PASSWORD })).status).toBe(409);
    expect((await operator.call('PATCH', BUILT_IN, { isOperator: false })).status).toBe(409);
    expect((await operator.call('PATCH', BUILT_IN, { name: 'root' })).status).toBe(200);
    const own = await operator.call('POST', `${ACCOUNT}/mfa`, { password: PASSWORD });
    expect(own.status).toBe(409);
    const refresh = { grant_type: 'refresh_token', refresh_token: BOOTSTRAP_TOKEN };
    expect((await client.grant(refresh)).status).toBe(200);
  });
});

describe("one's own account", () => {
  it('shows who one is and where one is a member', async () => {
    const { organizationId } = await operator.tenant();
    const { headers, accountId, email } = await person(api, { organizationId, role: 'admin' });
    expect((await operator.call('GET', ACCOUNT, undefined, { ...headers })).json).toEqual({
      id: accountId,
      email,
      name: `Person ${accountId}`,
      isOperator: false,
      mfaEnabled: false,
      memberships: [{ organizationId, organization: 'acme', role: 'admin' }],
    });
  });

  it('gets another password, which ends its other sign-ins', async () => {
    const { email, id } = await client.holder();
    const [here, there] = [await client.session(email), await client.session(email)];
    const change = (current: string, next: string) =>
      client.call(here, 'PUT', `${ACCOUNT}/password`, { current, new: next });
    expect((await change('not the password', NEW_PASSWORD)).json.fields).toHaveProperty('current');
    expect((await change(PASSWORD, 'weak')).json.fields).toHaveProperty('new');
    expect((await change(PASSWORD, NEW_PASSWORD)).status).toBe(204);
    expect((await client.call(here, 'GET', ACCOUNT)).status).toBe(200);
    expect((await client.call(there, 'GET', ACCOUNT)).status).toBe(401);
    expect((await client.password(email)).status).toBe(400);
    expect((await client.password(email, NEW_PASSWORD)).status).toBe(200);
    expect(await actions(id)).toContain('account.changed');
  });

  it('gets another password, which ends its other named tokens when that is wanted', async () => {
    const { email } = await client.holder();
    const here = await client.session(email);
    const make = async () =>
      (await client.call(here, 'POST', '/access/v1/tokens/user', { label: 'terraform' })).json.refreshToken;
    const isGood = async (token: string) =>
      (await client.grant({ grant_type: 'refresh_token', refresh_token: token })).status === 200;
    const named = await make();
    const change = (body: object) => client.call(here, 'PUT', `${ACCOUNT}/password`, body);
    expect((await change({ current: PASSWORD, new: NEW_PASSWORD })).status).toBe(204);
    expect(await isGood(named)).toBe(true);
    const again = { current: NEW_PASSWORD, new: PASSWORD, endTokens: true };
    expect((await change(again)).status).toBe(204);
    expect(await isGood(named)).toBe(false);
    expect(await isGood(here.refreshToken)).toBe(true);
    expect((await client.call(here, 'GET', ACCOUNT)).status).toBe(200);
  });

  it('gets a second factor with the password and a first code', async () => {
    const { email, id } = await client.holder();
    const session = await client.session(email);
    const call = (method: 'POST' | 'DELETE', path: string, body: object) =>
      client.call(session, method, `${ACCOUNT}${path}`, body);
    expect((await call('POST', '/mfa/confirm', { otp: '000000' })).status).toBe(409);
    expect((await call('POST', '/mfa', { password: 'not the password' })).status).toBe(400);
    const { status, json } = await call('POST', '/mfa', { password: PASSWORD });
    expect(status).toBe(200);
    const uri = new URL(json.uri);
    expect([uri.protocol, uri.host, decodeURIComponent(uri.pathname)]).toEqual([
      'otpauth:',
      'totp',
      `/Spillway:${email}`,
    ]);
    expect(Object.fromEntries(uri.searchParams)).toMatchObject({ issuer: 'Spillway', secret: json.secret });
    expect((await client.password(email)).status).toBe(200);
    const wrong = client.code(json.secret, 7);
    expect((await call('POST', '/mfa/confirm', { otp: wrong })).json.fields).toHaveProperty('otp');
    expect((await call('POST', '/mfa/confirm', { otp: client.code(json.secret) })).status).toBe(204);
    expect((await client.call(session, 'GET', ACCOUNT)).json.mfaEnabled).toBe(true);
    expect((await call('POST', '/mfa', { password: PASSWORD })).status).toBe(409);
    expect((await call('DELETE', '/mfa', { otp: client.code(json.secret) })).status).toBe(400);
    expect((await call('DELETE', '/mfa', { otp: client.code(json.secret, 1) })).status).toBe(204);
    expect((await call('DELETE', '/mfa', { otp: client.code(json.secret, 1) })).status).toBe(409);
    expect((await actions(id)).filter((action) => action.startsWith('mfa'))).toEqual([
      'mfa.offered',
      'mfa.enabled',
      'mfa.disabled',
    ]);
  });
});

it('nothing secret is answered or kept in clear', async () => {
  const { email, id } = await client.holder();
  const session = await client.session(email);
  const secret = await client.enrol(session);
  const rows = await api.database.query('SELECT * FROM accounts');
  expect(JSON.stringify(rows)).not.toContain(PASSWORD);
  expect(JSON.stringify(rows)).not.toContain(secret);
  const log = JSON.stringify(await api.database.query('SELECT * FROM audit_log'));
  const views = [`${ACCOUNTS}/${id}`, `${ACCOUNTS}?limit=200`];
  const texts = [log, (await client.call(session, 'GET', ACCOUNT)).text];
  for (const view of views) texts.push((await operator.call('GET', view)).text);
  for (const text of texts) expect(text).not.toMatch(new RegExp(`${secret}|${PASSWORD}|scrypt|v1\\.`));
});
