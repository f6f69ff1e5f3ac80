import { decodeJwt } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { hashPassword } from '../../libs/identity/accounts/password-hash.js';
import { BOOTSTRAP_TOKEN, CHEAP_PASSWORD_COST, startApiApp, type ApiApp } from './api-app.js';
import { ApiClient } from './api-client.js';
import { PASSWORD, SignInClient } from './sign-in-client.js';

const ACCOUNT = '/hub/v1/account';
const WRONG = 'a wrong password of some length';

let api: ApiApp;
let operator: ApiClient;
let client: SignInClient;

beforeAll(async () => {
  api = await startApiApp({ environment: { SPILLWAY_TRUSTED_PROXIES: '127.0.0.1' } });
  operator = new ApiClient(api.app);
});
afterAll(() => api.close());
beforeEach(async () => {
  await operator.signIn();
  client = new SignInClient(api, operator);
});

const deeds = (accountId: string) =>
  api.database.query<{ action: string; who: string; token_id: string | null; address: string }>(
    `SELECT action, who, token_id, address FROM audit_log WHERE urn = $1 ORDER BY seq`,
    [`urn:spillway:accounts/${accountId}`],
  );

describe('the password grant', () => {
  it('answers a reusable refresh token and an access token in the shape that the clients need', async () => {
    const { email, id } = await client.holder();
    const { status, json, headers } = await client.password(email);
    expect(status).toBe(200);
    expect(json).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 3_600,
      scope: 'cloud:access offline_access',
      refresh_token: expect.stringMatching(/^spw_/),
    });
    expect(headers['cache-control']).toBe('no-store');
    expect(decodeJwt(json.access_token).sub).toBe(id);
    const refresh = { grant_type: 'refresh_token', client_id: 'esc', refresh_token: json.refresh_token };
    const answers = [await client.grant(refresh), await client.grant(refresh)];
    expect(answers.map((answer) => answer.status)).toEqual([200, 200]);
  });

  it('takes the address in any case, and letters however they are composed', async () => {
    const { email } = await client.holder({ password: 'größer als gedacht'.normalize('NFC') });
    const answer = await client.password(email.toUpperCase(), 'größer als gedacht'.normalize('NFD'));
    expect(answer.status).toBe(200);
  });

  it('is written into the audit log with its token and address', async () => {
    const { email, id } = await client.holder();
    await client.session(email);
    expect((await deeds(id)).at(-1)).toEqual({
      action: 'account.signed-in',
      who: email,
      token_id: expect.any(String),
      address: client.address,
    });
  });

  it('does not tell a wrong address, a wrong password, an inactive account and one without a password apart', async () => {
    const right = await client.holder();
    const inactive = await client.holder();
    await operator.call('PATCH', `/hub/v1/accounts/${inactive.id}`, { active: false });
    const open = await client.holder({ password: undefined });
    const answers = [
      await client.password('nobody@example.com'),
      await client.password(right.email, WRONG),
      await client.password(inactive.email),
      await client.password(open.email),
    ];
    expect(answers[0]?.status).toBe(400);
    expect(answers[0]?.json).toMatchObject({
      error: 'invalid_grant',
      error_description: answers[0]?.json.detail,
    });
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
  });

  it.each(['username', 'password'])('needs the member %s', async (name) => {
    const members = { grant_type: 'password', username: 'a@example.com', password: 'b' };
    const { status, json } = await client.grant({ ...members, [name]: '' });
    expect([status, json.error]).toEqual([400, 'invalid_request']);
  });

  it('takes no address that is longer than any can be, and counts nothing', async () => {
    await api.database.query('DELETE FROM login_failures');
    const domain = '@example.com';
    const longest = `${'a'.repeat(254 - domain.length)}${domain}`;
    expect((await client.password(`a${longest}`)).json.error).toBe('invalid_request');
    expect(await api.database.query('SELECT key FROM login_failures')).toEqual([]);
    expect((await client.password(longest)).json.error).toBe('invalid_grant');
  });

  it('answers the longest password that gets here as a wrong one that counts', async () => {
    const { email } = await client.holder();
    const endless = `a${'\u0315'.repeat(5_000)}${'\u0316'.repeat(5_000)}`;
    await api.database.query('DELETE FROM login_failures');
    const { status, text } = await client.password(email, endless);
    expect([status, text]).toEqual([400, (await client.password(email, WRONG)).text]);
    const counted = await api.database.query<{ failures: number }>(
      'SELECT cardinality(failed_at) AS failures FROM login_failures',
    );
    expect(counted.map(({ failures }) => failures)).toEqual([2, 2, 2]);
  });

  it('hashes again what was hashed at another cost, for the same password', async () => {
    const { email, id } = await client.holder();
    const other = await hashPassword(PASSWORD, { ...CHEAP_PASSWORD_COST, N: 512 });
    await api.database.query('UPDATE accounts SET password_hash = $2 WHERE id = $1', [id, other]);
    expect((await client.password(email)).status).toBe(200);
    const [row] = await api.database.query<{ password_hash: string }>(
      'SELECT password_hash FROM accounts WHERE id = $1',
      [id],
    );
    expect(row?.password_hash).toMatch(/^scrypt\$1024\$8\$1\$/);
    expect((await client.password(email)).status).toBe(200);
    expect((await client.password(email, WRONG)).status).toBe(400);
  });

  it('keeps the hundred sign-ins that were used last, and every token that was made by name', async () => {
    const { email, id } = await client.holder();
    const oldest = await client.session(email);
    const named = await client.call(oldest, 'POST', '/access/v1/tokens/user', { label: 'terraform' });
    await api.database.query(
      `INSERT INTO refresh_tokens (id, token_hash, account_id, label, is_sign_in, created_at, last_used_at)
       SELECT 'filler' || n, 'filler' || n, $1, 'Sign-in', true, $2, $2 FROM generate_series(1, 99) n`,
      [id, new Date(api.clock.now().getTime() + 60_000)],
    );
    api.clock.advance(120_000);
    await client.session(email);
    const [counted] = await api.database.query<{ count: string }>(
      'SELECT count(*) FROM refresh_tokens WHERE account_id = $1 AND is_sign_in AND revoked_at IS NULL',
      [id],
    );
    expect(counted?.count).toBe('100');
    expect((await client.call(oldest, 'GET', ACCOUNT)).status).toBe(401);
    const kept = { grant_type: 'refresh_token', refresh_token: named.json.refreshToken };
    expect((await client.grant(kept)).status).toBe(200);
  });
});

describe('with an external issuer', () => {
  const issuer = 'https://login.example.com/';
  let other: ApiApp;
  let there: ApiClient;

  beforeAll(async () => {
    other = await startApiApp({
      environment: { SPILLWAY_OIDC_ISSUER: issuer, SPILLWAY_OIDC_AUDIENCE: 'spillway' },
    });
    there = new ApiClient(other.app);
    await there.signIn();
  });
  afterAll(() => other.close());

  it('says where to sign in instead, and still refreshes', async () => {
    const members = { grant_type: 'password', username: 'a@example.com', password: PASSWORD };
    const { status, json } = await there.call('POST', '/oauth/token', members);
    expect([status, json.error]).toEqual([400, 'unsupported_grant_type']);
    expect(json.detail).toContain(issuer);
    const refresh = { grant_type: 'refresh_token', refresh_token: BOOTSTRAP_TOKEN };
    expect((await there.call('POST', '/oauth/token', refresh)).status).toBe(200);
  });

  it('keeps the built-in operator while no other operator comes from there', async () => {
    const { id } = await new SignInClient(other, there).holder({ isOperator: true });
    const deactivate = () => there.call('PATCH', '/hub/v1/accounts/000000000000000admin', { active: false });
    expect((await deactivate()).status).toBe(409);
    await other.database.query(
      `UPDATE accounts SET external_issuer = $2, external_subject = 'ada' WHERE id = $1`,
      [id, issuer],
    );
    expect((await deactivate()).status).toBe(200);
  });
});
