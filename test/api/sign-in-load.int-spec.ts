import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startApiApp, type ApiApp } from './api-app.js';
import { ApiClient } from './api-client.js';
import { PASSWORD, SignInClient, type Session } from './sign-in-client.js';

const WRONG = 'a wrong password of some length';
const PASSWORD_PATH = '/hub/v1/account/password';

let api: ApiApp;
let operator: ApiClient;
let client: SignInClient;

beforeAll(async () => {
  api = await startApiApp({
    environment: { SPILLWAY_TRUSTED_PROXIES: '127.0.0.1' },
    hashesAtFullCost: true,
  });
  operator = new ApiClient(api.app);
});
afterAll(() => api.close());
beforeEach(async () => {
  await operator.signIn();
  client = new SignInClient(api, operator);
});

it('passwords cost what they should, unless a test asks for less', async () => {
  const { id } = await client.holder();
  const [row] = await api.database.query<{ password_hash: string }>(
    'SELECT password_hash FROM accounts WHERE id = $1',
    [id],
  );
  expect(row?.password_hash).toMatch(/^scrypt\$32768\$8\$3\$/);
});

it('takes as long for nobody, the inactive and those without a password as for a wrong password', async () => {
  const right = await client.holder();
  const inactive = await client.holder();
  await operator.call('PATCH', `/hub/v1/accounts/${inactive.id}`, { active: false });
  const open = await client.holder({ password: undefined });
  const durationMs = async (email: string, password = WRONG): Promise<number> => {
    const durations: number[] = [];
    for (let round = 0; round < 2; round += 1) {
      const start = performance.now();
      await client.password(email, password);
      durations.push(performance.now() - start);
    }
    return Math.min(...durations);
  };
  const wrongMs = await durationMs(right.email);
  // A hash takes a hundred times as long as all else: without one it would be far below a fourth.
  for (const email of ['nobody@example.com', inactive.email, open.email])
    expect(await durationMs(email)).toBeGreaterThan(wrongMs / 4);
  expect(await durationMs(right.email, 'x'.repeat(50_000))).toBeGreaterThan(wrongMs / 4);
});

describe('whoever floods the hub', () => {
  /** Sends many at once; resolves as soon as one of them is turned away, with what they all will have been answered. */
  async function flood(
    send: (index: number) => Promise<{ status: number }>,
  ): Promise<() => Promise<number[]>> {
    const turnedAway = Promise.withResolvers<void>();
    const answers = Array.from({ length: 40 }, async (_, index) => {
      const { status } = await send(index);
      if (status === 429 || status === 503) turnedAway.resolve();
      return status;
    });
    await turnedAway.promise;
    return () => Promise.all(answers);
  }

  it('with a right password from many networks leaves places to others', async () => {
    const [mallory, ada] = [await client.holder(), await client.holder()];
    const end = await flood(() => new SignInClient(api, operator).password(mallory.email));
    expect((await client.password(ada.email)).status).toBe(200);
    expect(new Set(await end())).toEqual(new Set([200, 429]));
  });

  it('with many accounts from one network leaves places to others', async () => {
    const ada = await client.holder();
    const mallory = new SignInClient(api, operator);
    const end = await flood((index) => mallory.password(`nobody-${index}@example.com`, WRONG));
    expect((await client.password(ada.email)).status).toBe(200);
    const answers = await end();
    expect(new Set(answers)).toEqual(new Set([400, 429]));
    expect(answers.filter((status) => status === 400)).toHaveLength(8);
  });

  it('with many tokens from one network leaves places to others', async () => {
    const holders = await Promise.all([1, 2, 3, 4].map(() => client.holder()));
    const sessions = await Promise.all(holders.map(({ email }) => client.session(email)));
    const mallory = new SignInClient(api, operator);
    const guess = (guesser: SignInClient, session: Session | undefined) =>
      guesser.call(session!, 'POST', '/hub/v1/account/mfa', { password: WRONG });
    const end = await flood((index) => guess(mallory, sessions[index % 3]));
    expect((await guess(client, sessions[3])).status).toBe(400);
    const answers = await end();
    expect(new Set(answers)).toEqual(new Set([400, 429]));
    expect(answers.filter((status) => status === 400)).toHaveLength(8);
  });

  it('with a right token and password leaves places for new passwords', async () => {
    const mallory = await client.holder();
    const session = await client.session(mallory.email);
    const change = { current: PASSWORD, new: PASSWORD };
    const end = await flood(() => client.call(session, 'PUT', PASSWORD_PATH, change));
    await client.holder();
    const answers = await end();
    expect(new Set(answers)).toEqual(new Set([204, 429]));
    expect(answers.filter((status) => status === 204)).toHaveLength(1);
  });

  it('is told to come back soon', async () => {
    const { email } = await client.holder();
    const answers = await Promise.all(Array.from({ length: 4 }, () => client.password(email)));
    const refused = answers.find(({ status }) => status === 429);
    expect(refused?.headers['retry-after']).toBe('2');
    expect(refused?.json).toMatchObject({ error: 'too_many_attempts' });
  });
});
