import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, ManualClock, type TestDatabase } from '../../testing/index.js';
import { Audit } from '../audit/audit.js';
import { LoginThrottle } from './login-throttle.js';

let test: TestDatabase;
const clock = new ManualClock();

beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.close());

const hub = () => new LoginThrottle(test.database, new Audit(clock), clock);
const wasAdmitted = (outcomes: readonly PromiseSettledResult<unknown>[]): number =>
  outcomes.filter(({ status }) => status === 'fulfilled').length;
/** A hundred guesses at once, at two hubs that know of each other only through the database. */
const guess = (who: (index: number) => { email: string; address: string }) => {
  const hubs = [hub(), hub()] as const;
  return Promise.allSettled(
    Array.from({ length: 100 }, (_, index) => hubs[index % 2 === 0 ? 0 : 1].begin(who(index))),
  );
};

it('lets ten guesses of one account in, at all hubs together', async () => {
  const outcomes = await guess((index) => ({ email: 'ada@example.com', address: `192.0.2.${index}` }));
  expect(wasAdmitted(outcomes)).toBe(10);
});

it('lets fifty guesses from one network in, at all hubs together', async () => {
  const outcomes = await guess((index) => ({
    email: `${index}@example.com`,
    address: `2001:db8::${index.toString(16)}`,
  }));
  expect(wasAdmitted(outcomes)).toBe(50);
});

it('counts no guess that was not looked at', async () => {
  const suspect = { email: 'eve@example.com', address: '198.51.100.1' };
  for (let count = 0; count < 10; count += 1) await hub().begin(suspect);
  for (let count = 0; count < 60; count += 1)
    await expect(hub().begin(suspect)).rejects.toMatchObject({ status: 429 });
  await hub().begin({ ...suspect, email: 'mallory@example.com' });
});

it('removes what is over, and nothing else', async () => {
  clock.advance(24 * 3_600_000);
  const throttle = hub();
  await throttle.begin({ email: 'ada@example.com', address: '192.0.2.1' });
  const keys = () => test.database.query('SELECT key FROM login_failures');
  expect(await keys()).toHaveLength(2);
  clock.advance(10 * 60_000);
  await throttle.begin({ email: 'bob@example.com', address: '192.0.2.2' });
  clock.advance(10 * 60_000);
  await throttle.begin({ email: 'eve@example.com', address: '192.0.2.3' });
  expect(await keys()).toHaveLength(4);
});
