import { decodeJwt, decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { pino } from 'pino';
import { startApiApp, type ApiApp } from './api-app.js';
import { ApiClient } from './api-client.js';
import { PASSWORD, SignInClient } from './sign-in-client.js';

const ACCOUNT = '/hub/v1/account';

let api: ApiApp;
let operator: ApiClient;
let client: SignInClient;
const logged: unknown[] = [];

beforeAll(async () => {
  const logger = pino({ level: 'warn' }, { write: (line) => logged.push(JSON.parse(line)) });
  api = await startApiApp({ environment: { SPILLWAY_TRUSTED_PROXIES: '127.0.0.1' }, logger });
  operator = new ApiClient(api.app);
});
afterAll(() => api.close());
beforeEach(async () => {
  await operator.signIn();
  client = new SignInClient(api, operator);
  logged.length = 0;
});

describe('the second factor', () => {
  it('is asked for after the password, and then makes a token that counts as got with it', async () => {
    const { email } = await client.holder();
    const secret = await client.enrol(await client.session(email));
    const asked = await client.password(email);
    expect(asked.status).toBe(403);
    expect(asked.json).toMatchObject({
      error: 'mfa_required',
      mfa_token: expect.any(String),
      type: 'about:blank',
      title: 'Forbidden',
      status: 403,
      instance: '/oauth/token',
    });
    const challenged = await client.challenge(asked.json.mfa_token);
    expect([challenged.status, challenged.json]).toEqual([200, { challenge_type: 'otp' }]);
    api.clock.advance(30_000);
    const { status, json } = await client.otp(asked.json.mfa_token, client.code(secret));
    expect(status).toBe(200);
    expect(json).toMatchObject({ token_type: 'Bearer', expires_in: 3_600, scope: expect.any(String) });
    const headers = { authorization: `Bearer ${String(json.access_token)}` };
    const { tokens } = (await client.call({ headers }, 'GET', '/access/v1/tokens/user')).json;
    expect(tokens.find(({ current }: { current: boolean }) => current)).toMatchObject({
      mfa: true,
      label: 'Sign-in with a password and a one-time code (client esc)',
    });
  });

  it('takes each code once, and none that is older than one it took', async () => {
    const { email } = await client.holder();
    const secret = await client.enrol(await client.session(email));
    const { mfa_token: token } = (await client.password(email)).json;
    expect((await client.otp(token, client.code(secret))).json.error).toBe('invalid_grant');
    expect((await client.otp(token, client.code(secret, 1))).status).toBe(200);
    expect((await client.otp(token, client.code(secret, 1))).status).toBe(400);
    expect((await client.otp(token, client.code(secret, 0))).status).toBe(400);
  });

  it('takes one of many that show the same code at once', async () => {
    const { email } = await client.holder();
    const secret = await client.enrol(await client.session(email));
    const { mfa_token: token } = (await client.password(email)).json;
    const code = client.code(secret, 1);
    const answers = await Promise.all(Array.from({ length: 8 }, () => client.otp(token, code)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  it('takes codes of the steps before and after, and none further off', async () => {
    const { email } = await client.holder();
    const secret = await client.enrol(await client.session(email));
    api.clock.advance(3_600_000);
    const { mfa_token: token } = (await client.password(email)).json;
    const statuses = [];
    for (const steps of [-2, 2, -1, 1])
      statuses.push((await client.otp(token, client.code(secret, steps))).status);
    expect(statuses).toEqual([400, 400, 200, 200]);
  });

  it('refuses what is no code', async () => {
    const { email } = await client.holder();
    await client.enrol(await client.session(email));
    const { mfa_token: token } = (await client.password(email)).json;
    expect(token).toEqual(expect.any(String));
    for (const code of ['', '12345', '1234567', 'abcdef', '１２３４５６', "1' OR '"])
      expect([code, (await client.otp(token, code)).status]).toEqual([code, 400]);
  });

  it('refuses an mfa_token where an access token is needed, and the reverse', async () => {
    const { email } = await client.holder();
    const session = await client.session(email);
    const secret = await client.enrol(session);
    const { mfa_token: token } = (await client.password(email)).json;
    const headers = { authorization: `Bearer ${String(token)}` };
    expect((await client.call({ headers }, 'GET', ACCOUNT)).status).toBe(401);
    const accessToken = session.headers.authorization.slice('Bearer '.length);
    expect(decodeProtectedHeader(token).typ).not.toBe(decodeProtectedHeader(accessToken).typ);
    expect(decodeJwt(token).aud).not.toBe(decodeJwt(accessToken).aud);
    for (const other of [accessToken, session.refreshToken, 'nonsense']) {
      const answers = [await client.otp(other, client.code(secret, 1)), await client.challenge(other)];
      expect(answers.map(({ status, json }) => [status, json.error])).toEqual([
        [400, 'invalid_grant'],
        [400, 'invalid_grant'],
      ]);
    }
    expect((await client.challenge(token, 'oob')).json.error).toBe('unsupported_challenge_type');
  });

  it('whose secret cannot be opened is said to be so, logged once and not counted, until it is reset', async () => {
    const { email, id } = await client.holder();
    const session = await client.session(email);
    const secret = await client.enrol(session);
    await api.database.query(`UPDATE accounts SET totp_secret = 'v1.AAAAAAAA.AAAA.AAAA' WHERE id = $1`, [id]);
    const { mfa_token: token } = (await client.password(email)).json;
    await api.database.query('DELETE FROM login_failures');
    const code = client.code(secret, 1);
    const remove = () => client.call(session, 'DELETE', `${ACCOUNT}/mfa`, { otp: code });
    for (const answer of [await client.otp(token, code), await client.otp(token, code), await remove()]) {
      expect([answer.status, answer.json.title]).toEqual([409, 'Conflict']);
      expect(answer.json.detail).toContain('an operator must reset the second factor of this account');
    }
    expect(await api.database.query('SELECT key FROM login_failures')).toEqual([]);
    expect(logged).toEqual([expect.objectContaining({ event: 'second_factor.unreadable', accountId: id })]);
    expect(JSON.stringify(logged)).not.toContain('AAAA.AAAA');
    expect((await operator.call('DELETE', `/hub/v1/accounts/${id}/mfa`)).status).toBe(204);
    expect((await client.password(email)).status).toBe(200);
  });

  it('that was offered and cannot be opened is to be set up again', async () => {
    const { email, id } = await client.holder();
    const session = await client.session(email);
    await client.call(session, 'POST', `${ACCOUNT}/mfa`, { password: PASSWORD });
    await api.database.query(`UPDATE accounts SET totp_secret = 'v1.AAAAAAAA.AAAA.AAAA' WHERE id = $1`, [id]);
    const { status, json } = await client.call(session, 'POST', `${ACCOUNT}/mfa/confirm`, { otp: '123456' });
    expect([status, json.detail]).toEqual([409, expect.stringContaining('set it up again')]);
    await client.enrol(session);
  });

  it('ends an mfa_token after five minutes, and when the password was changed', async () => {
    const { email, id } = await client.holder();
    await client.enrol(await client.session(email));
    const late = (await client.password(email)).json.mfa_token;
    api.clock.advance(301_000);
    expect((await client.challenge(late)).status).toBe(400);
    const early = (await client.password(email)).json.mfa_token;
    expect((await client.challenge(early)).status).toBe(200);
    await operator.call('PATCH', `/hub/v1/accounts/${id}`, { password: 'another good password' });
    expect((await client.challenge(early)).status).toBe(400);
  });
});

describe('an organization that needs a second factor', () => {
  it('lets in a member who set one up and signed in with it, and not before', async () => {
    const { organizationId, path } = await operator.tenant();
    const { email, id } = await client.holder();
    await api.database.query(
      `INSERT INTO memberships (organization_id, account_id, role, created_at) VALUES ($1, $2, 'owner', $3)`,
      [organizationId, id, api.clock.now()],
    );
    const mfa = `/resources/v1/organizations/${organizationId}/mfa`;
    const session = await client.session(email);
    const project = (who: { headers: { authorization: string } }) =>
      client.call(who, 'GET', `/resources/v1/${path}`);
    expect((await client.call(session, 'POST', mfa, { mfaEnabled: true })).status).toBe(409);
    expect((await operator.call('POST', mfa, { mfaEnabled: true })).status).toBe(200);
    const refused = await project(session);
    expect(refused.status).toBe(403);
    expect(refused.json.detail).toContain('second factor');

    const other = await client.session(email);
    const secret = await client.enrol(session);
    expect((await project(session)).status).toBe(200);
    expect((await project(other)).status).toBe(403);
    const again = await client.sessionWithCode(email, secret);
    expect((await project(again)).status).toBe(200);

    api.clock.advance(30_000);
    const removed = await client.call(again, 'DELETE', `${ACCOUNT}/mfa`, { otp: client.code(secret) });
    expect(removed.status).toBe(204);
    expect((await project(again)).status).toBe(403);
    expect((await client.password(email)).status).toBe(200);
  });
});
