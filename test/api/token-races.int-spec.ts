import { afterAll, beforeAll, expect, it } from 'vitest';
import { IssuerStandIn } from '../../apps/sandbox/issuer/index.js';
import { startApiApp, type ApiApp } from './api-app.js';
import { ApiClient, type Answer } from './api-client.js';
import { person } from './people.js';
import { whileLocked } from './row-lock.js';
import { SignInClient, type Session } from './sign-in-client.js';

const ACCOUNTS = '/hub/v1/accounts';
const AUDIENCE = 'https://hub.example.com';
const ROUNDS = Array.from({ length: 8 }, (_, round) => round);
const SIDE = Array.from({ length: 5 });

let api: ApiApp;
let operator: ApiClient;
let client: SignInClient;

beforeAll(async () => {
  api = await startApiApp({ environment: { SPILLWAY_TRUSTED_PROXIES: '127.0.0.1' } });
  operator = new ApiClient(api.app);
  await operator.signIn();
  client = new SignInClient(api, operator);
});
afterAll(() => api.close());

/** Makes tokens from both sides of something that takes rights away, all at once. */
async function race(session: Pick<Session, 'headers'>, takeAway: () => Promise<Answer>): Promise<void> {
  const make = () =>
    operator.call('POST', '/access/v1/tokens/user', { label: 'raced' }, { ...session.headers });
  const before = SIDE.map(make);
  const taken = takeAway();
  const made = await Promise.all([...before, ...SIDE.map(make)]);
  expect((await taken).status).toBeLessThan(300);
  for (const { status } of made) expect([200, 401]).toContain(status);
}

const left = (of: ApiApp, accountId: string, condition: string) =>
  of.database.query(`SELECT label FROM refresh_tokens WHERE account_id = $1 AND ${condition}`, [accountId]);

it.each(ROUNDS)('no token outlives the deactivation of its account (%i)', async () => {
  const { id, email } = await client.holder();
  await race(await client.session(email), () =>
    operator.call('PATCH', `${ACCOUNTS}/${id}`, { active: false }),
  );
  expect(await left(api, id, 'revoked_at IS NULL')).toEqual([]);
});

it.each(ROUNDS)('no token that was made with a revoked one comes after the revocation (%i)', async () => {
  const { accountId, headers } = await person(api);
  const own = async () => (await left(api, accountId, 'revoked_at IS NULL')).length;
  const [{ id } = { id: '' }] = await api.database.query<{ id: string }>(
    'SELECT id FROM refresh_tokens WHERE account_id = $1',
    [accountId],
  );
  let present = 0;
  await race({ headers }, async () => {
    const answer = await operator.call('DELETE', `/access/v1/tokens/user/${id}`, undefined, { ...headers });
    present = await own();
    return answer;
  });
  expect(await own()).toBe(present);
});

it('no token counts as got with a second factor that was removed meanwhile', async () => {
  const { accountId, headers } = await person(api, { mfa: true });
  const made = await whileLocked(api, 'accounts', accountId, {
    request: () => operator.call('POST', '/access/v1/tokens/user', { label: 'raced' }, { ...headers }),
    change: (tx) => tx.query('UPDATE refresh_tokens SET mfa = false WHERE account_id = $1', [accountId]),
  });
  expect(made.status).toBe(200);
  expect(await left(api, accountId, 'mfa')).toEqual([]);
});

it('no token is made for somebody from the external issuer who is unlinked or deactivated meanwhile', async () => {
  const issuer = new IssuerStandIn();
  await issuer.start();
  const environment = { SPILLWAY_OIDC_ISSUER: issuer.issuer, SPILLWAY_OIDC_AUDIENCE: AUDIENCE };
  const there = await startApiApp({ environment });
  try {
    const root = new ApiClient(there.app);
    await root.signIn();
    const seconds = Math.floor(there.clock.now().getTime() / 1_000);
    for (const round of ROUNDS) {
      const { accountId, email } = await person(there);
      // Whoever comes by subject alone is not linked again.
      const claims = { sub: `ada|${round}`, aud: AUDIENCE, iat: seconds, exp: seconds + 300 };
      const first = await issuer.sign({ ...claims, email, email_verified: true });
      await root.call('GET', '/hub/v1/account', undefined, { authorization: `Bearer ${first}` });
      const headers = { authorization: `Bearer ${await issuer.sign(claims)}` };
      const make = () => root.call('POST', '/access/v1/tokens/user', { label: 'raced' }, headers);
      const before = SIDE.map(make);
      const account = `${ACCOUNTS}/${accountId}`;
      const taken =
        round % 2 === 0
          ? root.call('DELETE', `${account}/external-identity`)
          : root.call('PATCH', account, { active: false });
      const made = await Promise.all([...before, ...SIDE.map(make)]);
      expect((await taken).status).toBeLessThan(300);
      for (const { status } of made) expect([200, 401, 403]).toContain(status);
      expect(await left(there, accountId, 'revoked_at IS NULL')).toEqual([]);
    }
  } finally {
    await there.close();
    await issuer.stop();
  }
});
