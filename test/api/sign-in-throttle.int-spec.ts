import type { IncomingMessage } from 'node:http';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { waitUntil } from '../../libs/testing/index.js';
import { BOOTSTRAP_TOKEN, startApiApp, type ApiApp } from './api-app.js';
import { ApiClient, type Answer } from './api-client.js';
import { PASSWORD, SignInClient } from './sign-in-client.js';

const ACCOUNT = '/hub/v1/account';
const WRONG = 'a wrong password of some length';
const GUESS = { grant_type: 'password', username: 'nobody@example.com', password: WRONG };
const MINUTE_MS = 60_000;
const FAILURES = { account: 100, pair: 10, network: 50, session: 10 } as const;

let api: ApiApp;
let operator: ApiClient;
let client: SignInClient;
const logged: string[] = [];

beforeAll(async () => {
  const logger = pino({ level: 'warn' }, { write: (line) => logged.push(line) });
  api = await startApiApp({ environment: { SPILLWAY_TRUSTED_PROXIES: '127.0.0.1' }, logger });
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

/** As if so many had failed already: to try that often would take the tests a while. */
async function fail(counted: keyof typeof FAILURES, count: number): Promise<void> {
  await api.database.query(
    `UPDATE login_failures SET failed_at = array_fill($2::timestamptz, ARRAY[$3::int]) WHERE key LIKE $1`,
    [`${counted}:%`, api.clock.now(), count],
  );
}

const lockDeeds = async (id: string): Promise<number> => {
  const rows = await api.database.query(
    `SELECT 1 FROM audit_log WHERE action = 'account.locked' AND urn = $1`,
    [`urn:spillway:accounts/${id}`],
  );
  return rows.length;
};

describe('an account at one network', () => {
  it('is locked after ten failures, for a quarter of an hour, also against the right password', async () => {
    const { email, id } = await client.holder();
    expect(new Set(await times(FAILURES.pair, () => client.password(email, WRONG)))).toEqual(new Set([400]));
    const refused = await client.password(email);
    expect(refused.status).toBe(429);
    expect(refused.headers['retry-after']).toBe('900');
    expect(refused.json).toMatchObject({
      error: 'too_many_attempts',
      title: 'Too Many Requests',
      status: 429,
    });
    expect(await lockDeeds(id)).toBe(1);
    api.clock.advance(15 * MINUTE_MS - 1);
    expect((await client.password(email)).status).toBe(429);
    api.clock.advance(1);
    expect((await client.password(email)).status).toBe(200);
    expect(await lockDeeds(id)).toBe(1);
  });

  it('is open meanwhile at every other network, and to whoever is signed in', async () => {
    const { email } = await client.holder();
    const session = await client.session(email);
    const mallory = new SignInClient(api, operator);
    await times(FAILURES.pair, () => mallory.password(email, WRONG));
    expect((await mallory.password(email)).status).toBe(429);
    expect((await client.password(email)).status).toBe(200);
    const change = { current: PASSWORD, new: 'another good password' };
    expect((await mallory.call(session, 'PUT', `${ACCOUNT}/password`, change)).status).toBe(204);
  });

  it('that does not exist is locked just so', async () => {
    await client.password('nobody@example.com', WRONG);
    await fail('pair', FAILURES.pair - 1);
    const last = await client.password('Nobody@example.com', WRONG);
    const locked = await client.password('nobody@example.com', WRONG);
    expect(statuses([last, locked])).toEqual([400, 429]);
    const { email } = await client.holder();
    await client.password(email, WRONG);
    await fail('pair', FAILURES.pair - 1);
    await client.password(email, WRONG);
    expect((await client.password(email, WRONG)).text).toBe(locked.text);
  });

  it('has its failures forgotten by a success', async () => {
    const { email } = await client.holder();
    await client.password(email, WRONG);
    await fail('pair', FAILURES.pair - 1);
    expect((await client.password(email)).status).toBe(200);
    expect(await times(2, () => client.password(email, WRONG))).toEqual([400, 400]);
  });

  it('counts wrong codes, and a right password in between does not forgive them', async () => {
    const { email, id } = await client.holder();
    const secret = await client.enrol(await client.session(email));
    const { mfa_token: token } = (await client.password(email)).json;
    const wrong = String((Number(client.code(secret, 5)) + 1) % 1_000_000).padStart(6, '0');
    expect(new Set(await times(9, () => client.otp(token, wrong)))).toEqual(new Set([400]));
    expect((await client.password(email)).status).toBe(403);
    expect((await client.otp(token, wrong)).status).toBe(400);
    expect((await client.otp(token, client.code(secret, 1))).status).toBe(429);
    expect((await client.password(email)).status).toBe(429);
    expect(await lockDeeds(id)).toBe(1);
    const elsewhere = new SignInClient(api, operator);
    expect((await elsewhere.password(email)).status).toBe(403);
    expect((await elsewhere.otp(token, client.code(secret, 1))).status).toBe(429);
  });
});

describe('an account', () => {
  it('is locked everywhere after a hundred failures, and a sign-in before does not forgive those of others', async () => {
    const { email, id } = await client.holder();
    const session = await client.session(email);
    await client.password(email, WRONG);
    await fail('account', FAILURES.account - 1);
    expect((await client.password(email)).status).toBe(200);
    expect((await client.password(email, WRONG)).status).toBe(400);
    expect((await new SignInClient(api, operator).password(email)).status).toBe(429);
    expect(await lockDeeds(id)).toBe(1);
    const change = { current: PASSWORD, new: 'another good password' };
    expect((await client.call(session, 'PUT', `${ACCOUNT}/password`, change)).status).toBe(204);
    api.clock.advance(15 * MINUTE_MS);
    expect((await client.password(email, change.new)).status).toBe(200);
  });

  it('never gets more than a hundred guesses looked at, wherever they come from', async () => {
    const { email } = await client.holder();
    const networks = Array.from({ length: 12 }, () => new SignInClient(api, operator));
    let looked = 0;
    // Three at once, as many as there are places in line for one account.
    for (let round = 0; round < 48; round += 1) {
      const three = [0, 1, 2].map((index) => networks[(3 * round + index) % 12]!.password(email, WRONG));
      looked += statuses(await Promise.all(three)).filter((status) => status === 400).length;
    }
    expect(looked).toBe(FAILURES.account);
  });

  it('is as well guarded where its owner shows the password or a code again, by itself', async () => {
    const { email, id } = await client.holder();
    const session = await client.session(email);
    const put = (current: string) =>
      client.call(session, 'PUT', `${ACCOUNT}/password`, { current, new: 'another good password' });
    expect((await put(WRONG)).status).toBe(400);
    await fail('session', FAILURES.session - 1);
    expect((await put(WRONG)).status).toBe(400);
    expect((await put(PASSWORD)).status).toBe(429);
    expect((await client.call(session, 'POST', `${ACCOUNT}/mfa`, { password: PASSWORD })).status).toBe(429);
    expect(await lockDeeds(id)).toBe(1);
    expect((await client.password(email)).status).toBe(200);
  });

  it('is so guarded against wrong codes of whoever is signed in', async () => {
    const { email } = await client.holder();
    const session = await client.session(email);
    const secret = await client.enrol(session);
    const remove = (otp: string) => client.call(session, 'DELETE', `${ACCOUNT}/mfa`, { otp });
    expect(new Set(await times(FAILURES.session, () => remove('no code')))).toEqual(new Set([400]));
    expect((await remove(client.code(secret, 1))).status).toBe(429);
    expect((await client.password(email)).status).toBe(403);
  });
});

describe('a network', () => {
  it('is locked after fifty failures, whatever accounts they were of; others are not', async () => {
    const { email } = await client.holder();
    await client.password('somebody@example.com', WRONG);
    await fail('network', FAILURES.network - 1);
    expect((await client.password('somebody.else@example.com', WRONG)).status).toBe(400);
    expect((await client.password(email)).status).toBe(429);
    expect((await new SignInClient(api, operator).password(email)).status).toBe(200);
    api.clock.advance(15 * MINUTE_MS);
    expect((await client.password(email)).status).toBe(200);
  });

  it('is not unlocked by a success from it', async () => {
    const { email } = await client.holder();
    await client.password('somebody@example.com', WRONG);
    await fail('network', FAILURES.network - 2);
    expect((await client.password(email)).status).toBe(200);
    expect(await times(2, () => client.password('other@example.com', WRONG))).toEqual([400, 400]);
    expect((await client.password(email)).status).toBe(429);
  });

  it('is the same behind every port that a proxy may write', async () => {
    for (const port of [20_001, 20_002])
      await operator.call('POST', '/oauth/token', GUESS, {
        authorization: '',
        'x-forwarded-for': `198.51.100.9:${port}`,
      });
    const rows = await api.database.query(`SELECT cardinality(failed_at) AS failures FROM login_failures
      WHERE key = 'network:198.51.100.9'`);
    expect(rows).toEqual([{ failures: 2 }]);
  });

  it('is unknown when the connection is gone before it was asked for, and nothing fails', async () => {
    const server = api.app.getHttpServer();
    const leave = (request: IncomingMessage) => request.once('end', () => request.socket.destroy());
    server.prependListener('request', leave);
    try {
      await api.app.listen(0, '127.0.0.1');
      await expect(
        fetch(`${await api.app.getUrl()}/oauth/token`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(GUESS),
        }),
      ).rejects.toThrow();
      const failures = () =>
        api.database.query(`SELECT key FROM login_failures WHERE key = 'network:unknown'`);
      await waitUntil(async () => (await failures()).length === 1, { what: 'a counted guess' });
      expect(logged.filter((line) => !line.includes('sign_in.locked'))).toEqual([]);
    } finally {
      server.off('request', leave);
    }
  });
});

describe('a lock', () => {
  it('touches neither the refresh grant nor any other request', async () => {
    const { email } = await client.holder();
    const session = await client.session(email);
    await client.password(email, WRONG);
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

  it('ends when an operator sets a new password, for this account only', async () => {
    const [{ id, email }, other] = [await client.holder(), await client.holder()];
    for (const who of [email, other.email]) await times(10, () => client.password(who, WRONG));
    expect((await client.password(email)).status).toBe(429);
    const password = 'another long enough one';
    await operator.call('PATCH', `/hub/v1/accounts/${id}`, { password });
    expect((await client.password(email, password)).status).toBe(200);
    expect((await client.password(other.email)).status).toBe(429);
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
      `network:${client.address}`,
      `pair:${rows[0]?.key.slice('account:'.length)}@${client.address}`,
    ]);
  });
});
