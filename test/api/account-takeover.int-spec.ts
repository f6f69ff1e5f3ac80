import { afterAll, beforeAll, expect, it } from 'vitest';
import { IssuerStandIn } from '../../apps/sandbox/issuer/index.js';
import { newId } from '../../libs/domain/index.js';
import { startApiApp, type ApiApp } from './api-app.js';
import { ApiClient, type Method } from './api-client.js';
import { callAs, person } from './people.js';
import { PASSWORD, SignInClient } from './sign-in-client.js';

const ACCOUNTS = '/hub/v1/accounts';
const AUDIENCE = 'https://hub.example.com';
const CHOSEN = 'chosen by somebody else';

type Call = readonly [method: Method, url: string, body?: unknown];

const issuer = new IssuerStandIn();
let withPasswords: ApiApp;
let withIssuer: ApiApp;

beforeAll(async () => {
  await issuer.start();
  withPasswords = await startApiApp({ environment: { SPILLWAY_TRUSTED_PROXIES: '127.0.0.1' } });
  withIssuer = await startApiApp({
    environment: { SPILLWAY_OIDC_ISSUER: issuer.issuer, SPILLWAY_OIDC_AUDIENCE: AUDIENCE },
  });
});
afterAll(async () => {
  await withPasswords.close();
  await withIssuer.close();
  await issuer.stop();
});

const signedIn = async ({ app }: ApiApp): Promise<ApiClient> => {
  const operator = new ApiClient(app);
  await operator.signIn();
  return operator;
};
const statusOfGrant = async (operator: ApiClient, refreshToken: string) =>
  (await operator.call('POST', '/oauth/token', { grant_type: 'refresh_token', refresh_token: refreshToken }))
    .status;
const rowOf = async ({ database }: ApiApp, id: string) =>
  (await database.query(`SELECT password_hash, totp_secret FROM accounts WHERE id = $1`, [id]))[0];

it('whoever accepted an invite with the address of somebody else has nothing left when an operator gives it a new password', async () => {
  const operator = await signedIn(withPasswords);
  const client = new SignInClient(withPasswords, operator);
  const [one, other] = [await operator.tenant(), await operator.tenant()];
  const admin = await person(withPasswords, { organizationId: one.organizationId, role: 'admin' });
  const userEmail = `${newId()}@victims.example`;
  const invites = (organizationId: string) => `/access/v1/organizations/${organizationId}/invites`;
  const { code } = (await callAs(operator, admin)('POST', invites(one.organizationId), { userEmail })).json;
  const accept = { code, name: 'Victim', password: CHOSEN };
  const { accountId } = (await operator.call('POST', '/hub/v1/invites/accept', accept)).json;
  const evil = await client.session(userEmail, CHOSEN);
  const named = await client.call(evil, 'POST', '/access/v1/tokens/user', { label: 'kept' });
  const offered = await client.call(evil, 'POST', '/hub/v1/account/mfa', { password: CHOSEN });
  await client.call(evil, 'POST', '/hub/v1/account/mfa/confirm', { otp: client.code(offered.json.secret) });

  const reset = await operator.call('PATCH', `${ACCOUNTS}/${accountId}`, { password: PASSWORD });
  expect([reset.status, reset.json.mfaEnabled]).toEqual([200, false]);
  const owner = await client.session(userEmail);
  const again = (await operator.call('POST', invites(other.organizationId), { userEmail, role: 'admin' }))
    .json;
  await client.call(owner, 'POST', '/hub/v1/account/invites/accept', { code: again.code });
  const url = `/integrate/v1/${other.path}/integrations`;
  expect((await client.call(owner, 'GET', url)).status).toBe(200);
  expect((await client.call(evil, 'GET', url)).status).toBe(401);
  expect(await statusOfGrant(operator, named.json.refreshToken)).toBe(400);
  expect(await statusOfGrant(operator, evil.refreshToken)).toBe(400);
});

it('nothing that opened an account does any more once its owner comes from the external issuer', async () => {
  const operator = await signedIn(withIssuer);
  const held = await person(withIssuer, { mfa: true });
  await withIssuer.database.query(
    `UPDATE accounts SET password_hash = 'scrypt$x', totp_secret = 'v1.x', totp_confirmed_at = now() WHERE id = $1`,
    [held.accountId],
  );
  const { email } = held;
  expect((await come(operator, { sub: `${email}|1`, email })).status).toBe(200);
  expect((await callAs(operator, held)('GET', '/hub/v1/account')).status).toBe(401);
  expect(await statusOfGrant(operator, held.refreshToken)).toBe(400);
  expect(await rowOf(withIssuer, held.accountId)).toEqual({ password_hash: null, totp_secret: null });
  const [deed] = await withIssuer.database.query<{ changed: string[] }>(
    `SELECT changed FROM audit_log WHERE action = 'account.linked' AND account_id = $1`,
    [held.accountId],
  );
  expect(deed?.changed).toEqual(['externalIssuer', 'externalSubject', 'password', 'secondFactor']);
});

it('somebody with another subject at the issuer is told so, and gets in again when an operator unlinks the account', async () => {
  const operator = await signedIn(withIssuer);
  const { accountId, email } = await person(withIssuer);
  const first = { sub: `${email}|1`, email };
  await come(operator, first);
  const named = await come(operator, first, ['POST', '/access/v1/tokens/user', { label: 'script' }]);
  const account = async () => (await operator.call('GET', `${ACCOUNTS}/${accountId}`)).json;
  expect((await account()).externalIssuer).toBe(issuer.issuer);

  const second = { sub: `${email}|2`, email };
  const refused = await come(operator, second);
  const route = `${ACCOUNTS}/${accountId}/external-identity`;
  expect([refused.status, refused.json.detail]).toEqual([
    403,
    `The account ${email} is linked to somebody else: you are ${email}|2 of ${issuer.issuer} now. Ask an operator of this hub to unlink it (DELETE ${route}).`,
  ]);
  expect((await operator.call('DELETE', route)).status).toBe(204);
  expect((await account()).externalIssuer).toBeNull();
  expect(await statusOfGrant(operator, named.json.refreshToken)).toBe(400);
  expect((await come(operator, second)).status).toBe(200);
  expect((await come(operator, { ...first, email_verified: false })).status).toBe(403);
  const deeds = await withIssuer.database.query(
    `SELECT action FROM audit_log WHERE urn = $1 AND action LIKE 'account.%link%' ORDER BY seq`,
    [`urn:spillway:accounts/${accountId}`],
  );
  const actions = ['account.linked', 'account.unlinked', 'account.linked'];
  expect(deeds).toEqual(actions.map((action) => ({ action })));
});

it('unlinking does nothing where there is no link, and does not take the last operator away', async () => {
  const operator = await signedIn(withIssuer);
  const held = await person(withIssuer);
  const unlink = (id: string) => operator.call('DELETE', `${ACCOUNTS}/${id}/external-identity`);
  expect((await unlink(held.accountId)).status).toBe(204);
  expect((await callAs(operator, held)('GET', '/hub/v1/account')).status).toBe(200);
  expect((await unlink('00000000000000000000')).status).toBe(404);

  const { accountId, email } = await person(withIssuer, { isOperator: true });
  const claims = { sub: `${email}|1`, email };
  const asThem = (...what: Call) => come(operator, claims, what);
  expect((await asThem('PATCH', `${ACCOUNTS}/000000000000000admin`, { active: false })).status).toBe(200);
  expect((await asThem('DELETE', `${ACCOUNTS}/${accountId}/external-identity`)).status).toBe(409);
  expect((await asThem('PATCH', `${ACCOUNTS}/000000000000000admin`, { active: true })).status).toBe(200);
});

/** A call with a token of the issuer. */
async function come(
  operator: ApiClient,
  claims: Readonly<Record<string, unknown>>,
  [method, url, body]: Call = ['GET', '/hub/v1/account'],
) {
  const seconds = Math.floor(withIssuer.clock.now().getTime() / 1_000);
  const usual = { aud: AUDIENCE, iat: seconds, exp: seconds + 300, email_verified: true };
  const token = await issuer.sign({ ...usual, ...claims });
  return operator.call(method, url, body, { authorization: `Bearer ${token}` });
}
