import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countersOf, sharesOf, type Suspect } from './suspect.js';
import { admit, WINDOW_MS, type Attempts } from './throttle-policy.js';

const START_MS = Date.parse('2026-01-01T00:00:00Z');
const stranger = (email: string, network: number, shows: 'password' | 'code' = 'password') =>
  ({ email, address: `192.0.2.${network}`, shows }) satisfies Suspect;

/** What the throttle keeps, without a database. */
class Counted {
  private readonly attempts = new Map<string, Attempts>();

  /** Whether a guess is looked at; it is wrong then. */
  fail(suspect: Suspect, ms: number): boolean {
    const counters = countersOf(suspect);
    const admissions = counters.map(({ key, limit }) =>
      admit(this.attempts.get(key) ?? { failedAt: [], lockedUntil: null }, new Date(START_MS + ms), limit),
    );
    if (!admissions.every(({ isAdmitted }) => isAdmitted)) return false;
    for (const [index, { key }] of counters.entries()) {
      const admission = admissions[index]!;
      if (admission.isAdmitted) this.attempts.set(key, admission.attempts);
    }
    return true;
  }
}

/** Many guesses of two accounts from so many networks over an hour, in order. */
const guesses = (networks: number) =>
  fc
    .array(
      fc.record({
        second: fc.integer({ min: 0, max: 3_600 }),
        email: fc.constantFrom('ada@example.com', 'bob@example.com'),
        network: fc.integer({ min: 1, max: networks }),
        shows: fc.constantFrom('password' as const, 'code' as const),
        // Each many times over: what matters begins beyond the limits.
        times: fc.integer({ min: 1, max: 30 }),
      }),
      { maxLength: 60 },
    )
    .map((all) =>
      all
        .toSorted((a, b) => a.second - b.second)
        .flatMap(({ times, ...guess }) => Array.from({ length: times }, () => guess)),
    );
const RUNS = { numRuns: 30 };

describe('strangers who guess', () => {
  it('are looked at no more than so often within any stretch of the window', () => {
    fc.assert(
      fc.property(guesses(14), (all) => {
        const counted = new Counted();
        const times = new Map<string, number[]>();
        for (const { email, network, shows, second } of all) {
          if (!counted.fail(stranger(email, network, shows), second * 1_000)) continue;
          const names = [`100 of ${email}`, `10 of ${email} at ${network}`];
          if (shows === 'code') names.push(`10 codes of ${email}`);
          for (const name of names) times.set(name, [...(times.get(name) ?? []), second * 1_000]);
        }
        for (const [name, seen] of times) {
          const limit = Number.parseInt(name, 10);
          for (const [index, ms] of seen.entries())
            expect((seen[index + limit] ?? Infinity) - ms, name).toBeGreaterThanOrEqual(WINDOW_MS);
        }
      }),
      RUNS,
    );
  });

  it('at nine networks never keep an owner out who is at another', () => {
    fc.assert(
      fc.property(guesses(9), fc.integer({ min: 0, max: 3_600 }), (all, signsInAt) => {
        const counted = new Counted();
        for (const { email, network, second } of all)
          if (second <= signsInAt) counted.fail(stranger(email, network), second * 1_000);
        expect(counted.fail(stranger('ada@example.com', 99), signsInAt * 1_000)).toBe(true);
      }),
      RUNS,
    );
  });

  it('at any number of networks never keep out who is signed in already', () => {
    fc.assert(
      fc.property(guesses(40), (all) => {
        const counted = new Counted();
        for (const { email, network, second } of all) counted.fail(stranger(email, network), second * 1_000);
        expect(counted.fail({ accountId: 'ada', address: '192.0.2.99' }, 3_600_000)).toBe(true);
      }),
      RUNS,
    );
  });

  it('lock their network with fifty failures, for every account', () => {
    const counted = new Counted();
    for (let count = 0; count < 50; count += 1)
      expect(counted.fail(stranger(`${count}@example.com`, 1), 0)).toBe(true);
    expect(counted.fail(stranger('ada@example.com', 1), 0)).toBe(false);
    expect(counted.fail(stranger('ada@example.com', 2), 0)).toBe(true);
  });

  it('lock the account from everywhere with a hundred failures', () => {
    const counted = new Counted();
    for (let network = 1; network <= 10; network += 1)
      for (let count = 0; count < 10; count += 1)
        expect(counted.fail(stranger('ada@example.com', network), 0)).toBe(true);
    expect(counted.fail(stranger('ada@example.com', 99), WINDOW_MS - 1)).toBe(false);
    expect(counted.fail(stranger('bob@example.com', 99), WINDOW_MS - 1)).toBe(true);
    expect(counted.fail(stranger('ada@example.com', 99), WINDOW_MS)).toBe(true);
  });
});

describe('what is counted', () => {
  it('is one account in any case, and one network behind any port', () => {
    const keys = (email: string, address: string) =>
      countersOf({ email, address, shows: 'code' }).map(({ key }) => key);
    expect(keys('Ada@Example.com', '192.0.2.1:4711')).toEqual(keys('ada@example.com', '192.0.2.1'));
    expect(keys('ada@example.com', '192.0.2.1').join(' ')).not.toContain('ada');
  });

  it('comes ten times from whoever is signed in', () => {
    const counted = new Counted();
    const looked = Array.from({ length: 12 }, () =>
      counted.fail({ accountId: 'ada', address: '192.0.2.99' }, 0),
    );
    expect(looked.filter(Boolean)).toHaveLength(10);
  });
});

describe('the line for hashing', () => {
  it('has three places for an account, wherever it signs in, and eight for a network', () => {
    const atOnce = (suspect: Suspect) => sharesOf(suspect).map((share) => share.atOnce);
    expect(atOnce(stranger('ada@example.com', 1))).toEqual([3, 8]);
    expect(atOnce({ accountId: 'ada', address: '192.0.2.1' })).toEqual([3, 8]);
    const [here, there] = [1, 2].map((network) => sharesOf(stranger('ada@example.com', network)));
    expect(here?.[0]).toEqual(there?.[0]);
    expect(here?.[1]).not.toEqual(there?.[1]);
    expect(sharesOf({ accountId: 'ada', address: '192.0.2.1' })[1]).toEqual(here?.[1]);
  });
});
