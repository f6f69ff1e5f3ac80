import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BOOTSTRAP_TOKEN, startApiApp, type ApiApp } from './api-app.js';
import { ApiClient, type Answer } from './api-client.js';
import { PASSWORD, SignInClient } from './sign-in-client.js';

const ACCOUNT = '/hub/v1/account';
const WRONG = 'a wrong password of some length';
const MINUTE_MS = 60_000;
const FAILURES_OF_ACCOUNT = 10;

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
  await api.database.query('DELETE FROM login_failures');
  client = new SignInClient(api, operator);
});

const statuses = (answers: readonly Answer[]): number[] => answers.map(({ status }) => status);

async function times(count: number, attempt: () => Promise<Answer>): Promise<number[]> {
  const answers: Answer[] = [];
  while (answers.length < count) answers.push(await attempt());
  return statuses(answers);
}

/** As if so many had failed already: hashing that often would take the tests a while. */
async function fail(key: 'account' | 'address', count: number): Promise<void> {
  await api.database.query(
    `UPDATE login_failures SET failed_at = array_fill($2::timestamptz, ARRAY[$3::int]) WHERE key LIKE $1`,
    [`${key}:%`, api.clock.now(), count],
  );
}

const lockDeeds = async (id: string): Promise<number> => {
  const rows = await api.database.query(
    `SELECT 1 FROM audit_log WHERE action = 'account.locked' AND urn = $1`,
    [`urn:spillway:accounts/${id}`],
  );
  return rows.length;
};

describe('an account', () => {
  it('is locked after ten failures, for a quarter of an hour, also against the right password', async () => {
    const { email, id } = await client.holder();
    expect(await times(FAILURES_OF_ACCOUNT, () => client.password(email, WRONG))).toEqual(
      Array.from({ length: FAILURES_OF_ACCOUNT }, () => 400),
    );
    const refused = await client.password(email);
    expect(refused.status).toBe(429);
    expect(refused.headers['retry-after']).toBe('900');
    expect(refused.json).toMatchObject({
      error: 'too_many_attempts',
      title: 'Too Many Requests',
      status: 429,
    });
    expect((await new SignInClient(api, operator).password(email)).status).toBe(429);
    expect(await lockDeeds(id)).toBe(1);
    api.clock.advance(15 * MINUTE_MS - 1);
    expect((await client.password(email)).status).toBe(429);
    api.clock.advance(1);
    expect((await client.password(email)).status).toBe(200);
    expect(await lockDeeds(id)).toBe(1);
  });

  it('that does not exist is locked just so', async () => {
    await client.password('nobody@example.com', WRONG);
    await fail('account', FAILURES_OF_ACCOUNT - 1);
    const last = await client.password('Nobody@example.com', WRONG);
    const locked = await client.password('nobody@example.com', WRONG);
    expect(statuses([last, locked])).toEqual([400, 429]);
    const { email } = await client.holder();
    await client.password(email, WRONG);
    await fail('account', FAILURES_OF_ACCOUNT - 1);
    await client.password(email, WRONG);
    expect((await client.password(email, WRONG)).text).toBe(locked.text);
  });

  it('has its failures forgotten by a success', async () => {
    const { email } = await client.holder();
    await client.password(email, WRONG);
    await fail('account', FAILURES_OF_ACCOUNT - 1);
    expect((await client.password(email)).status).toBe(200);
    expect(await times(2, () => client.password(email, WRONG))).toEqual([400, 400]);
  });

  it('never gets more than ten guesses looked at, however many come at once', async () => {
    const { email } = await client.holder();
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => new SignInClient(api, operator).password(email, WRONG)),
    );
    const counted = statuses(answers);
    expect(counted.filter((status) => status === 400)).toHaveLength(FAILURES_OF_ACCOUNT);
    expect(new Set(counted)).toEqual(new Set([400, 429, 503]));
    expect((await client.password(email)).status).toBe(429);
  });

  it('counts wrong codes, and a right password in between does not forgive them', async () => {
    const { email, id } = await client.holder();
    const secret = await client.enrol(await client.session(email));
    const { mfa_token: token } = (await client.password(email)).json;
    const wrong = String((Number(client.code(secret, 5)) + 1) % 1_000_000).padStart(6, '0');
    expect(await times(9, () => client.otp(token, wrong))).toEqual(Array.from({ length: 9 }, () => 400));
    expect((await client.password(email)).status).toBe(403);
    expect((await client.otp(token, wrong)).status).toBe(400);
    expect((await client.otp(token, client.code(secret, 1))).status).toBe(429);
    expect((await client.password(email)).status).toBe(429);
    expect(await lockDeeds(id)).toBe(1);
  });

  it('never gets more than ten codes looked at, however many come at once', async () => {
    const { email } = await client.holder();
    await client.enrol(await client.session(email));
    const { mfa_token: token } = (await client.password(email)).json;
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, index) => client.otp(token, String(index).padStart(6, '0'))),
    );
    expect(statuses(answers).filter((status) => status !== 429).length).toBeLessThanOrEqual(
      FAILURES_OF_ACCOUNT,
    );
  });

  it('is as well guarded where its owner shows the password again', async () => {
    const { email } = await client.holder();
    const session = await client.session(email);
    await client.password(email, WRONG);
    await fail('account', FAILURES_OF_ACCOUNT - 1);
    const change = { current: WRONG, new: 'another good password' };
    expect((await client.call(session, 'PUT', `${ACCOUNT}/password`, change)).status).toBe(400);
    const right = { ...change, current: PASSWORD };
    expect((await client.call(session, 'PUT', `${ACCOUNT}/password`, right)).status).toBe(429);
    expect((await client.call(session, 'POST', `${ACCOUNT}/mfa`, { password: PASSWORD })).status).toBe(429);
  });
});

describe('an address', () => {
  it('is locked after fifty failures, whatever accounts they were of; others are not', async () => {
    const { email } = await client.holder();
    await client.password('somebody@example.com', WRONG);
    await fail('address', 49);
    expect((await client.password('somebody.else@example.com', WRONG)).status).toBe(400);
    expect((await client.password(email)).status).toBe(429);
    expect((await new SignInClient(api, operator).password(email)).status).toBe(200);
    api.clock.advance(15 * MINUTE_MS);
    expect((await client.password(email)).status).toBe(200);
  });

  it('is not unlocked by a success from it', async () => {
    const { email } = await client.holder();
    await client.password('somebody@example.com', WRONG);
    await fail('address', 48);
    expect((await client.password(email)).status).toBe(200);
    expect(await times(2, () => client.password('other@example.com', WRONG))).toEqual([400, 400]);
    expect((await client.password(email)).status).toBe(429);
  });
});

describe('a lock', () => {
  it('touches neither the refresh grant nor any other request', async () => {
    const { email } = await client.holder();
    const session = await client.session(email);
    await client.password(email, WRONG);
    await fail('account', FAILURES_OF_ACCOUNT);
    await fail('address', 50);
    await api.database.query('UPDATE login_failures SET locked_until = $1', [
      new Date(api.clock.now().getTime() + MINUTE_MS),
    ]);
    expect((await client.password(email)).status).toBe(429);
    for (const token of [session.refreshToken, BOOTSTRAP_TOKEN]) {
      const refresh = { grant_type: 'refresh_token', client_id: 'esc', refresh_token: token };
      expect(new Set(await times(20, () => client.grant(refresh)))).toEqual(new Set([200]));
    }
    expect(new Set(await times(20, () => client.call(session, 'GET', ACCOUNT)))).toEqual(new Set([200]));
    const wrong = { grant_type: 'refresh_token', refresh_token: 'spw_unknown' };
    expect(new Set(await times(60, () => client.grant(wrong)))).toEqual(new Set([400]));
  });

  it('leaves no row behind when it is over and others sign in', async () => {
    const { email } = await client.holder();
    await client.password('somebody@example.com', WRONG);
    api.clock.advance(31 * MINUTE_MS);
    await operator.signIn();
    await client.session(email);
    expect(await api.database.query('SELECT key FROM login_failures')).toEqual([]);
  });

  it('names no email address in the database', async () => {
    await client.password('somebody.special@example.com', WRONG);
    const rows = await api.database.query<{ key: string }>('SELECT key FROM login_failures ORDER BY key');
    expect(rows.map(({ key }) => key)).toEqual([
      expect.stringMatching(/^account:[0-9a-f]{64}$/),
      `address:${client.address}`,
    ]);
  });
});
