import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Metrics, silentLogger } from '../../observability/index.js';
import { createTestDatabase, ManualClock, type TestDatabase } from '../../testing/index.js';
import { Audit } from '../audit/audit.js';
import { LoginThrottle, type Attempt } from './login-throttle.js';
import type { Suspect } from './suspect.js';

let test: TestDatabase;
const clock = new ManualClock();

beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.close());
beforeEach(() => test.database.query('DELETE FROM login_failures'));

const hub = (metrics = new Metrics()) =>
  new LoginThrottle(test.database, new Audit(clock), metrics, clock, silentLogger);
const stranger = (email: string, address: string, shows: 'password' | 'code' = 'password') =>
  ({ email, address, shows }) satisfies Suspect;
const admitted = (outcomes: readonly PromiseSettledResult<unknown>[]): number =>
  outcomes.filter(({ status }) => status === 'fulfilled').length;
/** Many guesses at once, at two hubs that know of each other only through the database. */
const guess = (who: (index: number) => Suspect, times = 120) => {
  const hubs = [hub(), hub()] as const;
  return Promise.allSettled(
    Array.from({ length: times }, (_, index) => hubs[index % 2 === 0 ? 0 : 1].begin(who(index))),
  );
};
const deeds = async (accountId: string): Promise<string[]> => {
  const rows = await test.database.query<{ message: string }>(
    `SELECT message FROM audit_log WHERE action = 'account.locked' AND urn = $1 ORDER BY seq`,
    [`urn:spillway:accounts/${accountId}`],
  );
  return rows.map(({ message }) => message);
};

describe('of many guesses at once, at all hubs together,', () => {
  it.each<[string, number, (index: number) => Suspect]>([
    ['of an account from one network ten', 10, () => stranger('ada@example.com', '192.0.2.1')],
    ['of an account a hundred', 100, (index) => stranger('ada@example.com', `192.0.2.${index}`)],
    [
      'of the codes of an account ten',
      10,
      (index) => stranger('ada@example.com', `192.0.2.${index}`, 'code'),
    ],
    ['from one network fifty', 50, (index) => stranger(`${index}@example.com`, `2001:db8::${index}`)],
    ['of whoever is signed in ten', 10, () => ({ accountId: 'ada', address: null })],
  ])('%s are looked at', async (_what, limit, who) => {
    expect(admitted(await guess(who))).toBe(limit);
  });
});

it('counts no guess that was not looked at', async () => {
  const suspect = stranger('eve@example.com', '198.51.100.1');
  for (let count = 0; count < 10; count += 1) await hub().begin(suspect);
  for (let count = 0; count < 60; count += 1)
    await expect(hub().begin(suspect)).rejects.toMatchObject({ status: 429 });
  await hub().begin({ ...suspect, email: 'mallory@example.com' });
  for (let network = 2; network < 11; network += 1)
    await hub().begin({ ...suspect, address: `198.51.100.${network}` });
});

it('forgets with a sign-in what failed of the account from its network, and nothing else', async () => {
  const ada = stranger('ada@example.com', '192.0.2.1');
  for (let count = 0; count < 7; count += 1) await hub().begin(ada);
  await hub().begin({ ...ada, shows: 'code' });
  await hub().begin({ ...ada, address: '192.0.2.2' });
  const attempt = await hub().begin({ ...ada, shows: 'code' });
  await test.database.transaction((tx) => attempt.forgive(tx));
  const rows = await test.database.query<{ kind: string; failures: number }>(
    `SELECT split_part(key, ':', 1) AS kind, cardinality(failed_at) AS failures FROM login_failures ORDER BY 1, 2`,
  );
  expect(rows.map(({ kind, failures }) => `${kind} ${failures}`)).toEqual([
    'account 9',
    'network 1',
    'network 8',
    'pair 1',
  ]);
});

it('takes back an attempt that was right alone, with the lock that it would have brought', async () => {
  const ada = stranger('ada@example.com', '192.0.2.1');
  for (let count = 0; count < 9; count += 1) await hub().begin(ada);
  const last = await hub().begin(ada);
  await expect(hub().mustNotBeLocked(ada)).rejects.toMatchObject({ status: 429 });
  await last.uncount();
  await hub().mustNotBeLocked(ada);
  await hub().begin(ada);
  await expect(hub().begin(ada)).rejects.toMatchObject({ status: 429 });
});

describe('a lock', () => {
  /** So many failures at each of so many networks. */
  async function fail(who: (network: number) => Suspect, networks: number, accountId: string) {
    for (let network = 1; network <= networks; network += 1)
      for (let count = 0; count < 10; count += 1)
        await hub()
          .begin(who(network))
          .then((attempt) => attempt.failed(accountId));
  }

  it.each<[string, (network: number) => Suspect, number, readonly string[]]>([
    [
      'pair',
      (network) => stranger('one@example.com', `192.0.2.${network}`),
      2,
      ['one network', 'one network'],
    ],
    ['code', (network) => stranger('two@example.com', `192.0.2.${network}`, 'code'), 1, ['one-time code']],
    ['session', () => ({ accountId: 'session', address: null }), 1, ['again']],
  ])('of a %s is one deed', async (id, who, networks, parts) => {
    await fail(who, networks, id);
    const messages = await deeds(id);
    expect(messages).toHaveLength(parts.length);
    for (const [index, part] of parts.entries()) expect(messages[index]).toContain(part);
  });

  it('is counted for whoever watches the hub, also that of a name that nobody has', async () => {
    const metrics = new Metrics();
    for (let index = 0; index < 10; index += 1)
      await (await hub(metrics).begin(stranger('nobody@example.com', '192.0.2.9'))).failed(undefined);
    const text = await metrics.registry.metrics();
    expect(text).toContain('spillway_sign_in_failures_total 10');
    expect(text).toContain('spillway_sign_in_locks_total{counted="pair"} 1');
  });

  it('of an account is one deed beside those of its networks', async () => {
    await fail((network) => stranger('all@example.com', `192.0.2.${network}`), 10, 'all');
    const messages = await deeds('all');
    expect(messages).toHaveLength(10);
    expect(messages.filter((message) => message.includes('everywhere after 100'))).toHaveLength(1);
    expect(messages.at(-1)).toContain('everywhere');
  });

  it('of a network is no deed, and that of nobody neither', async () => {
    for (let index = 0; index < 50; index += 1)
      await hub()
        .begin(stranger(`${index}@example.com`, '192.0.2.1'))
        .then((attempt) => attempt.failed('network'));
    expect(await deeds('network')).toEqual([]);
    const before = await test.database.query('SELECT 1 FROM audit_log');
    for (let count = 0; count < 10; count += 1)
      await hub()
        .begin(stranger('nobody@example.com', '192.0.2.2'))
        .then((attempt) => attempt.failed(undefined));
    expect(await test.database.query('SELECT 1 FROM audit_log')).toHaveLength(before.length);
  });

  it('that a sign-in has lifted meanwhile is no deed', async () => {
    const ada = stranger('ada@example.com', '192.0.2.1');
    const attempts: Attempt[] = [];
    while (attempts.length < 10) attempts.push(await hub().begin(ada));
    await test.database.transaction((tx) => attempts[0]!.forgive(tx));
    await attempts[9]!.failed('lifted');
    expect(await deeds('lifted')).toEqual([]);
  });
});

it('removes what is over, and nothing else', async () => {
  clock.advance(24 * 3_600_000);
  const throttle = hub();
  await throttle.begin(stranger('ada@example.com', '192.0.2.1'));
  const keys = () => test.database.query('SELECT key FROM login_failures');
  expect(await keys()).toHaveLength(3);
  clock.advance(10 * 60_000);
  await throttle.begin(stranger('bob@example.com', '192.0.2.2'));
  clock.advance(10 * 60_000);
  await throttle.begin(stranger('eve@example.com', '192.0.2.3'));
  expect(await keys()).toHaveLength(6);
});
