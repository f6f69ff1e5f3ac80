import { createPublicKey } from 'node:crypto';
import { SignJWT, type JWTPayload } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { pino } from 'pino';
import { IssuerStandIn } from '../../apps/sandbox/issuer/index.js';
import { waitUntil } from '../../libs/testing/index.js';
import { startApiApp, type ApiApp } from './api-app.js';
import { ApiClient } from './api-client.js';
import { person } from './people.js';

const AUDIENCE = 'https://hub.example.com';
const OWN = '/resources/v1/organizations';

const issuer = new IssuerStandIn();
let api: ApiApp;
let client: ApiClient;
const logged: string[] = [];
const logger = pino({ level: 'warn' }, { write: (line) => logged.push(line) });

beforeAll(async () => {
  await issuer.start();
  api = await startApiApp({
    logger,
    environment: { SPILLWAY_OIDC_ISSUER: issuer.issuer, SPILLWAY_OIDC_AUDIENCE: AUDIENCE },
  });
  client = new ApiClient(api.app);
  await client.signIn();
});
afterAll(async () => {
  await api.close();
  await issuer.stop();
});

const seconds = () => Math.floor(api.clock.now().getTime() / 1_000);
type Claims = { [Name in keyof JWTPayload]: JWTPayload[Name] | undefined };
const claimsOf = (claims: Claims = {}): JWTPayload =>
  Object.fromEntries(Object.entries({ ...usual(), ...claims }).filter(([, value]) => value !== undefined));
const usual = (): JWTPayload => ({
  sub: 'ada|1',
  aud: AUDIENCE,
  iat: seconds(),
  exp: seconds() + 300,
  email: 'Ada@People.example',
  email_verified: true,
});
const callWith = (token: string, url = OWN) =>
  client.call('GET', url, undefined, { authorization: `Bearer ${token}` });
const call = async (claims?: Claims, header?: Readonly<Record<string, unknown>>) =>
  callWith(await issuer.sign(claimsOf(claims), header));

const accounts = () =>
  api.database.query<{ email: string; external_issuer: string | null; external_subject: string | null }>(
    'SELECT * FROM accounts WHERE email IS NOT NULL ORDER BY email',
  );
const reset = async (): Promise<void> => {
  await api.database.query('DELETE FROM accounts WHERE email IS NOT NULL');
};

describe('a token of the external issuer', () => {
  let organizationId: string;
  beforeAll(async () => {
    await reset();
    ({ organizationId } = await client.tenant());
    await person(api, { email: 'ada@people.example', organizationId, role: 'admin' });
    expect((await call()).status).toBe(200);
  });

  it('lets its bearer do what their account may', async () => {
    const organizations = (await call()).json.organizations as { id: string }[];
    expect(organizations.map(({ id }) => id)).toEqual([organizationId]);
    expect((await callWith(await issuer.sign(claimsOf()), `${OWN}/${organizationId}`)).status).toBe(200);
  });

  it('counts as one with a second factor: the issuer answers for how they signed in', async () => {
    await api.database.query('UPDATE organizations SET mfa_enabled = true WHERE id = $1', [organizationId]);
    expect((await callWith(await issuer.sign(claimsOf()), `${OWN}/${organizationId}`)).status).toBe(200);
    await api.database.query('UPDATE organizations SET mfa_enabled = false');
  });

  it('is good with a list of audiences that has ours, and for all types of access tokens', async () => {
    expect((await call({ aud: ['https://other.example', AUDIENCE] })).status).toBe(200);
    expect((await call({}, { typ: 'at+jwt' })).status).toBe(200);
    expect((await call({}, { typ: undefined })).status).toBe(200);
  });

  it.each<[string, Claims, string]>([
    ['for another audience', { aud: 'https://other.example' }, '"aud"'],
    ['for no audience', { aud: undefined }, '"aud"'],
    ['without an end', { exp: undefined }, '"exp"'],
    ['without a subject', { sub: undefined }, '"sub"'],
    ['that has expired', { exp: 1_000 }, 'expired'],
    ['that begins later', { nbf: 4_000_000_000 }, '"nbf"'],
    ['of another issuer', { iss: 'https://other.example' }, 'forged'],
    ['of an issuer that is nearly ours', { iss: `${issuer.issuer}/` }, 'forged'],
  ])('%s is refused', async (_what, claims, reason) => {
    const answer = await call(claims);
    expect(answer.status).toBe(401);
    expect(answer.json.detail).toContain(reason);
  });

  it('that is another kind of token is refused', async () => {
    const answer = await call({}, { typ: 'logout+jwt' });
    expect(answer.status).toBe(401);
    expect(answer.json.detail).toContain('"logout+jwt"');
  });

  it('that is not signed is refused', async () => {
    const [, payload] = (await issuer.sign(claimsOf())).split('.');
    const header = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url');
    expect((await callWith(`${header}.${payload}.`)).status).toBe(401);
  });

  it('that takes the public key for a shared secret is refused', async () => {
    const [jwk] = issuer.published;
    const pem = createPublicKey({ key: jwk as never, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
    for (const secret of [pem as string, JSON.stringify(jwk), jwk!.n!]) {
      const forged = await new SignJWT(claimsOf({ iss: issuer.issuer }))
        .setProtectedHeader({ alg: 'HS256', kid: jwk!.kid!, typ: 'JWT' })
        .sign(Buffer.from(secret));
      const answer = await callWith(forged);
      expect(answer.status).toBe(401);
      expect(answer.json.detail).toContain('algorithm');
    }
  });

  it('that somebody else signed is refused', async () => {
    const other = new IssuerStandIn();
    await other.rotate();
    const forged = await other.sign(claimsOf({ iss: issuer.issuer }), { kid: issuer.published[0]!.kid });
    const answer = await callWith(forged);
    expect(answer.status).toBe(401);
    expect(answer.json.detail).toContain('forged');
  });

  it('ends with its account, at once', async () => {
    await api.database.query("UPDATE accounts SET active = false WHERE email = 'ada@people.example'");
    expect((await call()).status).toBe(401);
    await api.database.query("UPDATE accounts SET active = true WHERE email = 'ada@people.example'");
    expect((await call()).status).toBe(200);
  });

  it('is good again with a new key of the issuer, whose keys are not fetched for every token', async () => {
    const requests = issuer.keyRequests;
    for (let count = 0; count < 5; count += 1) await call();
    expect(issuer.keyRequests).toBe(requests);
    const before = await issuer.sign(claimsOf());
    await issuer.rotate('ES256');
    await waitUntil(async () => (await call()).status === 200, {
      what: 'the new key',
      timeoutMs: 15_000,
      intervalMs: 250,
    });
    expect((await callWith(before)).status).toBe(401);
    expect(issuer.keyRequests - requests).toBeLessThanOrEqual(3);
  });
});

describe('somebody from the external issuer', () => {
  beforeEach(reset);

  it('is linked to the account with their verified address on first use, once, and is known by subject from then on', async () => {
    const { accountId } = await person(api, { email: 'ada@people.example' });
    const answers = await Promise.all([call(), call(), call()]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(await accounts()).toMatchObject([
      { email: 'ada@people.example', external_issuer: issuer.issuer, external_subject: 'ada|1' },
    ]);
    const deeds = await api.database.query<{ message: string }>(
      "SELECT * FROM audit_log WHERE action = 'account.linked' AND account_id = $1",
      [accountId],
    );
    expect(deeds).toMatchObject([{ who: 'ada@people.example', urn: `urn:spillway:accounts/${accountId}` }]);
    expect((await call({ email: 'renamed@people.example', email_verified: false })).status).toBe(200);
    expect((await call({ email: undefined })).status).toBe(200);
  });

  it('without an account is told so', async () => {
    const answer = await call();
    expect(answer.status).toBe(403);
    expect(answer.json.detail).toContain('There is no account for ada@people.example here. Ask');
  });

  it('whose token says no address is told so, when they are not linked yet', async () => {
    const answer = await call({ email: undefined });
    expect([answer.status, answer.json.detail]).toEqual([403, expect.stringContaining('no address (email)')]);
  });

  it.each([false, undefined, 'true', 1])(
    'whose address is not verified (%s) is not linked',
    async (verified) => {
      await person(api, { email: 'ada@people.example' });
      const answer = await call({ email_verified: verified });
      expect(answer.status).toBe(403);
      expect(answer.json.detail).toMatch(/^No account here is linked to ada\|1 of .*\(email_verified\)/);
      expect(await accounts()).toMatchObject([{ external_issuer: null }]);
    },
  );

  it('is not linked to an account that is not active, or is somebody else there already', async () => {
    const { accountId } = await person(api, { email: 'ada@people.example' });
    await api.database.query('UPDATE accounts SET active = false WHERE id = $1', [accountId]);
    const inactive = await call();
    expect([inactive.status, inactive.json.detail]).toEqual([
      403,
      'The account ada@people.example is not active. Ask an operator of this hub.',
    ]);
    await api.database.query(
      "UPDATE accounts SET active = true, external_issuer = $2, external_subject = 'other' WHERE id = $1",
      [accountId, issuer.issuer],
    );
    expect((await call()).status).toBe(403);
    expect(await accounts()).toMatchObject([{ external_subject: 'other' }]);
  });
});

describe('an issuer', () => {
  it('that cannot be reached makes its tokens 503 and no others; it works again when it is back', async () => {
    const away = new IssuerStandIn();
    await away.start();
    await away.stop();
    const other = await startApiApp({
      logger,
      environment: { SPILLWAY_OIDC_ISSUER: away.issuer, SPILLWAY_OIDC_AUDIENCE: AUDIENCE },
    });
    try {
      const there = new ApiClient(other.app);
      await there.signIn();
      await person(other, { email: 'ada@people.example' });
      const ask = async () =>
        there.call('GET', OWN, undefined, { authorization: `Bearer ${await away.sign(claimsOf())}` });
      const answer = await ask();
      expect(answer.status).toBe(503);
      expect(answer.json.detail).toContain(`The issuer ${away.issuer} cannot be asked`);
      expect((await there.call('GET', OWN)).status).toBe(200);
      expect(
        logged.some((line) => line.includes('oidc.issuer_unusable') && line.includes('ECONNREFUSED')),
      ).toBe(true);
      await away.start();
      away.isBroken = true;
      await waitUntil(() => logged.some((line) => line.includes('HTTP 500')) || ask().then(() => false), {
        what: 'the next try',
        timeoutMs: 10_000,
        intervalMs: 100,
      });
      expect((await ask()).status).toBe(503);
      away.isBroken = false;
      await waitUntil(async () => (await ask()).status === 200, {
        what: 'the issuer',
        timeoutMs: 10_000,
        intervalMs: 100,
      });
    } finally {
      await other.close();
      await away.stop();
    }
  });

  it.each([
    ['that calls itself otherwise', { issuer: 'https://other.example' }, 'is of another issuer'],
    ['whose keys are not at an https address', { jwks_uri: 'http://keys.example/' }, 'no https URL'],
    ['without an address of its keys', { jwks_uri: undefined }, 'holds no OpenID Connect configuration'],
  ])('%s is not believed', async (_what, configuration, reason) => {
    const odd = new IssuerStandIn();
    odd.configuration = configuration;
    await odd.start();
    const other = await startApiApp({
      logger,
      environment: { SPILLWAY_OIDC_ISSUER: odd.issuer, SPILLWAY_OIDC_AUDIENCE: AUDIENCE },
    });
    try {
      const token = await odd.sign(claimsOf());
      const there = new ApiClient(other.app);
      const answer = await there.call('GET', OWN, undefined, { authorization: `Bearer ${token}` });
      expect(answer.status).toBe(503);
      expect(logged.some((line) => line.includes(odd.issuer) && line.includes(reason))).toBe(true);
    } finally {
      await other.close();
      await odd.stop();
    }
  });
});
